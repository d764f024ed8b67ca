"""The door: analytics clients post events over HTTP, and find them kept. It writes landing, and nothing else.

    request -> routes -> admission (whose, may it) -> dialects (what it says) -> events (what we know ourselves)
            -> journal (one flush for many) -> segments (files that `run` reads once they are sealed) -> 200

Nobody else in the platform knows that a feed is live: to `run` a sealed segment is a file that landed.
"""
