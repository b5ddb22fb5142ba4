"""Floor 4, the aiohttp side: proxy, admin, limits; the only importer of aiohttp.web."""
