-- Where the names of rows stand with the index key, and how far a turn of it has come (docs/decisions/0027).

INSERT INTO meta (key, value) VALUES ('index', '1 steady'), ('index_way', '') ON CONFLICT DO NOTHING;
