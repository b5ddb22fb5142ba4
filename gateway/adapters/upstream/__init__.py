"""Two ways to a destination: ``http11`` (own client, fast, byte-exact) and ``session`` (aiohttp's client).

Neither sends a request twice if the first attempt could have been read: the answer to a second attempt (409, say) would
let the gateway purge records whose tokens the first one left behind. Only GET, HEAD, OPTIONS and TRACE, which collect
nothing, are sent again after a kept connection broke before the first byte of an answer.
"""
