"""What landed is noticed by the folders, without a look at the files."""

from __future__ import annotations

import os
import time
from pathlib import Path

from marketpulse.live.news import News


def settled(folder: Path) -> None:
    """Let every folder look as if it had not changed for a minute."""
    before = time.time_ns() - 60_000_000_000
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            os.utime(path, ns=(before, before))


def test_a_file_in_a_new_folder_or_an_old_one_is_news_once(tmp_path: Path) -> None:
    (tmp_path / "clicks" / "hour=00").mkdir(parents=True)
    settled(tmp_path)
    news = News(str(tmp_path), ["clicks", "sales"])
    assert [news.came(), news.came()] == [True, False]
    for name in ("clicks/hour=00/a", "clicks/hour=01/b", "sales/c"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
        settled(tmp_path)
        (tmp_path / name).parent.touch()
        assert news.came()
        settled(tmp_path)
        news.came()
        assert not news.came()


def test_what_changed_just_now_may_change_again_within_one_tick_of_the_clock(tmp_path: Path) -> None:
    (tmp_path / "clicks").mkdir()
    news = News(str(tmp_path), ["clicks"])
    assert [news.came(), news.came()] == [True, True]


def test_what_is_hidden_or_of_no_feed_is_no_news(tmp_path: Path) -> None:
    for name in ("clicks/_temporary", "other"):
        (tmp_path / name).mkdir(parents=True)
    settled(tmp_path)
    news = News(str(tmp_path), ["clicks"])
    news.came()
    for name in ("clicks/_temporary/a", "other/a"):
        (tmp_path / name).touch()
    assert not news.came()


def test_a_store_is_looked_at_each_time() -> None:
    assert News("s3://bucket/landing", ["clicks"]).came()
