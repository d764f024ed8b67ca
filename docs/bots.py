"""Write retail/reference/bots.csv from the public list `crawler-user-agents` (MIT), of which pip knows a package.

    pip download --no-deps crawler-user-agents==1.67.0 && unzip crawler_user_agents-*.whl
    python docs/bots.py crawleruseragents/crawler-user-agents.json

Only names are taken, as words: what the list says as a regular expression is told by a word of ours or left out, and
so is what people's browsers and apps say as well. Most robots need no name: their word ends in bot, crawler or spider.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

TARGET = Path(__file__).parents[1] / "retail" / "reference" / "bots.csv"
#: Words that end so are robots: Googlebot, AhrefsBot, Baiduspider, SomethingNewCrawler.
ENDINGS = ("bot", "bots", "crawler", "crawlers", "spider", "spiders", "scraper")
#: ... but these are phones.
PEOPLE = ("cubot",)
#: Names that are short or that the list says as an expression, and are nobody's browser.
OURS = (
    "acunetix", "axios", "barkrowler", "bytespider", "chatgpt user", "claude web", "colly", "curl", "cypress",
    "faraday", "guzzlehttp", "headlesschrome", "httpx", "insomnia", "java http client", "lighthouse", "mechanize",
    "nikto", "node superagent", "nutch", "phantomjs", "pingdom", "postmanruntime", "ptst", "python httpx",
    "python urllib2", "restsharp", "semrush", "slurp", "teoma", "undici", "wget", "yeti", "zgrab",
)  # fmt: skip
#: What the list knows and people use: browsers, apps that show pages, libraries that a shop's own app may speak with.
NOT = {
    "adventurer", "amazon cloudfront", "asana", "blackboard", "bluesky", "butterfly", "buttondown",
    "capitaloneshopping", "charlotte", "code 1", "daum", "devin", "expanse", "fastmailua", "feeder", "feedly",
    "fetch", "fever", "flamingo searchengine", "flipboardrss", "fluid", "goodreads", "google adwords express",
    "google adwords instant", "googledocs", "grammarly", "hello world", "hotjar", "httpurlconnection", "hubspot",
    "inoreader", "instapaper", "klaviyo", "library of congress web archiving", "magellan", "mail ru", "mailchimp",
    "make", "mastodon", "newsblur", "newspaper", "nextcloud", "nitro", "notion", "okhttp", "omnisend", "operator",
    "optimizer", "overcast", "paypal", "pocketcasts", "readable", "retool", "salesforce com",
    "shopify captain hook", "silk", "sogou", "splunk", "stripe", "synapse", "terracotta", "tumblr", "tweakers",
    "upday", "uptime", "valve steam", "verity", "wordpress", "yahoo ad monitoring",
}  # fmt: skip
_SHORTEST = 6


def names(entries: list[dict[str, object]]) -> Iterator[str]:
    """Names of the list, as words in lower case, that our endings do not tell already."""
    for entry in entries:
        plain = re.sub(r"\\([/.\-()+])", r"\1", str(entry["pattern"])).strip("^$")
        name = " ".join(re.findall("[a-z0-9]+", plain.lower()))
        if re.search(r"[\[\]\\|*?{}]", plain) or name in NOT or len(name) < _SHORTEST:
            continue
        if not any(word.endswith(ENDINGS) for word in name.split()):
            yield name


def main() -> None:
    """Write the file."""
    entries = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    rows = [(name, "name") for name in {*OURS, *names(entries)}]
    rows += [(word, "ending") for word in ENDINGS] + [(word, "person") for word in PEOPLE]
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("name", "match"))
        writer.writerows(sorted(rows, key=lambda row: (row[1], row[0])))


if __name__ == "__main__":
    main()
