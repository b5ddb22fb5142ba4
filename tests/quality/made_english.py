"""Names of people that few packages have: usual ones of Arabic, Turkish, Persian, Indian and East Asian origin.

Source: own knowledge of usual names.
"""

from __future__ import annotations

GIVEN = """
muhammad mohammad mohamed mohammed mohamad ahmad ahmed ali hassan hussein hossein omar umar osman othman yusuf youssef
yousef ibrahim ismail khalid khaled abdullah abdul abdel abdulaziz abdulrahman rahman tariq tarek bilal hamza hamid
hakim karim kareem rashid saeed said salim salem samir sami rami nabil nasser faisal fahad sultan mansour majid walid
waleed zaid ziad ayman amr adel jamal kamal anwar farid fuad imad bassam ghassan haitham hisham marwan mahmoud mustafa
murad nizar osama qasim rafiq ridwan sabir shakir taha wael yasin yasser fatima aisha khadija maryam mariam zainab
layla leila noor nour huda amal amina asma basma dalal dina farah ghada hala hanan hind iman inas jamila lamia lina
lubna maha manal mona nadia nadine naglaa nahla najwa rania rasha reem rim rima salma samira sana sara shaima suad
sumaya wafa yasmin yasmine zahra mehmet murat emre burak kemal hakan serkan volkan cem deniz ayse fatma emine zeynep
elif merve busra esra ozlem gul reza mehdi amir arash babak behrouz dariush farhad kamran kaveh mahdi massoud navid
parviz ramin shahram siavash soheil zahra maryam shirin nasrin parisa mahsa niloufar nazanin golnaz rajesh suresh
ramesh mahesh ganesh dinesh mukesh rakesh sanjay vijay ajay anil sunil amit rohit mohit sumit ankit nitin sachin rahul
rohan arjun karan varun tarun kiran vikram vikas vivek vinod pramod ashok deepak manoj pankaj neeraj naveen praveen
prakash krishna gopal hari ravi shyam satish harish girish lakshmi lalita sunita anita kavita sangeeta geeta rekha
usha asha nisha pooja priya divya deepa swati shweta neha sneha anjali ananya aishwarya padma savitri parvati
saraswati radha meera indira wei jing ling ming hong hua jun lei li mei na ping qiang qing rong shan tao ting xia
xiang xin yan yang ying yong yu zhen hiroshi kenji takashi satoshi makoto haruto yuto sota kaito daiki ryota kazuki
naoki shota tatsuya tetsuya kenta akira isamu iwao noboru osamu shigeru susumu tadashi yoshio yukio kiyoshi minoru
masao hideo haruka sakura yui aoi hina akiko keiko yoko noriko kazuko sachiko tomoko yuko naoko michiko junko emiko
fumiko hanako minho jiho jisoo minseo jiwon seojun hyun sung young kyung hee soo jin linh nguyen thanh hoang tuan dung
hung minh quang phuong thuy lan huong trang ngoc anh thao chinedu chukwu emeka ngozi amaka ifeoma obinna uche olu ade
bola funmi kunle tunde yemi segun kwame kofi kwesi kojo yaw ama abena adwoa akosua efua juma hamisi zawadi neema
baraka thabo sipho themba lerato nomsa
"""

SURNAMES = """
ahmed khan hussain malik sheikh shaikh chaudhry qureshi siddiqui ansari mirza baig butt rana bhatti farooq iqbal
al-sayed elsayed hashemi rahimi karimi ahmadi mohammadi hosseini rezaei moradi jafari yilmaz kaya demir sahin celik
yildiz yildirim ozturk aydin ozdemir arslan dogan kilic aslan cetin kara koc kurt ozkan simsek sharma verma gupta
patel shah mehta desai joshi kulkarni deshpande patil reddy rao nair menon pillai iyer iyengar krishnan subramanian
venkatesan mukherjee banerjee chatterjee bose ghosh sengupta dasgupta singh kaur gill sandhu dhillon kapoor khanna
malhotra chopra agarwal aggarwal mishra tiwari pandey dubey trivedi wang zhang chen liu yang huang zhao wu zhou xu sun
ma zhu hu guo lin gao luo zheng liang xie tang deng feng peng zeng xiao tian dong pan yuan cai jiang yu du ye cheng
wei su lu ding ren shen yao zhong cui tan lu fan wong chan cheung lau leung tran nguyen pham huynh phan vu dang bui
ngo duong ly kim park choi jung kang cho yoon jang lim han shin seo kwon hwang ahn song ryu hong okafor okonkwo
adeyemi adebayo balogun eze nwosu obi mensah owusu boateng asante appiah osei mwangi kamau otieno odhiambo wanjiku
dlamini nkosi zulu khumalo
"""
