"""`marketpulse console`: a web page over one warehouse, for people of this machine. It reads, and changes nothing.

    request -> `guard` (who asks, from where) -> `app` (which page) -> a page's module (what it shows) -> template
    `desk` gives pages the warehouse as it is, with what was answered before; numbers come from `serving` alone

Pages are whole without JavaScript. Charts are SVG, made here; no request leaves the machine.
"""
