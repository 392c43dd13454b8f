"""The page in a real browser: the whole way, by mouse and by keys alone, and what axe says of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from search.index.build import build_index
from search.related.kinds import Kind

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="NO BROWSER: Chromium is not installed and could not be")
ARTICLE = "_news/crowd-cameras.md"
FACES = "_news/face-cameras.md"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        # a sandbox within the container's own is more than the superuser may ask for
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield running
        running.close()


@pytest.fixture
def serve(harbour, tmp_path):
    """Index the content as it is when first asked, and let the program itself serve the page; returns its address."""
    for number in range(4):
        harbour.article(
            f"_news/camera-{number}.md", f"Face cameras at the port, part {number}", "Travellers are scanned."
        )
    processes: list[subprocess.Popen[str]] = []

    @cache
    def address() -> str:
        build_index(harbour.root, tmp_path / "index")
        command = [sys.executable, "-m", "search", "review", "--index", str(tmp_path / "index"), "--no-open"]
        running = subprocess.Popen(
            [*command, "--port", "0", "--min-probability", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(running)
        assert running.stdout is not None
        told = running.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{32}/", told)
        return told

    yield address
    for running in processes:
        running.terminate()
        running.communicate(timeout=20)


@pytest.fixture
def open_page(browser, serve):
    contexts = []

    def opened(article=ARTICLE, size="desktop", scheme="light"):
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        contexts.append(context)
        page: Any = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda told: told.type == "error" and page.faults.append(told.text))
        page.goto(f"{serve()}article/{article}")
        return page

    yield opened
    for context in contexts:
        context.close()


def titles(page, where):
    return [text.strip() for text in page.locator(f"{where} > li:not([hidden]) .title bdi").all_inner_texts()]


def close(page, dialog):
    page.keyboard.press("Escape")
    expect(page.locator(dialog)).to_be_hidden()


def test_the_whole_way_by_mouse(open_page, harbour):
    page = open_page()
    first, second, third, *_ = titles(page, "#suggested")
    page.locator("#suggested .card:not([hidden]) .accept").first.click()
    expect(page.locator("#status")).to_contain_text("accepted")
    assert titles(page, "#curated") == [first]
    page.locator("#suggested .card:not([hidden]) select").first.select_option("weak")
    page.locator("#suggested .card:not([hidden]) .reject").first.click()
    expect(page.locator("#status")).to_contain_text("rejected")
    assert second not in titles(page, "#suggested")
    page.locator("#suggested .card:not([hidden]) .accept").first.click()
    expect(page.locator("#curated > li")).to_have_count(2)
    page.locator("#words").fill("boat race in the rain")
    page.locator("#search button").click()
    page.locator("#found .accept").first.click()
    expect(page.locator("#curated > li")).to_have_count(3)
    regatta = "Rain delays the spring regatta"
    assert titles(page, "#curated") == [first, third, regatta]
    page.locator("#curated > li").nth(2).locator(".up").click()
    assert titles(page, "#curated") == [first, regatta, third]
    page.locator("#curated > li").nth(1).drag_to(
        page.locator("#curated > li").nth(0), target_position={"x": 30, "y": 2}
    )
    assert titles(page, "#curated") == [regatta, first, third]
    page.locator("#save").click()
    expect(page.locator("#change-title")).to_have_text("Saved")
    diff = page.locator("#diff").inner_text()
    assert f"+- title: {regatta}" in diff
    text = (harbour.root / ARTICLE).read_text()
    assert text.index(regatta) < text.index(first) < text.index(third)
    assert second not in text
    page.get_by_role("button", name="Close").click()
    page.reload()
    assert titles(page, "#curated") == [regatta, first, third]
    assert second not in titles(page, "#suggested")
    decided = (harbour.root / ".search/decisions.jsonl").read_text()
    assert '"verdict": "rejected"' in decided
    assert '"reason": "weak"' in decided
    assert page.faults == []


def test_the_whole_way_with_keys_alone(open_page, harbour):
    page = open_page()
    first, second, third, *_ = titles(page, "#suggested")
    keys = page.keyboard
    expect(page.locator("[aria-current] .title bdi")).to_have_text([first])
    keys.press("a")
    expect(page.locator("#curated > li")).to_have_count(1)
    keys.press("r")
    expect(page.locator("#status")).to_contain_text("rejected")
    keys.press("u")
    expect(page.locator("#status")).to_contain_text("undone")
    assert titles(page, "#suggested")[0] == second
    keys.press("j")
    keys.press("a")
    expect(page.locator("#curated > li")).to_have_count(2)
    assert titles(page, "#curated") == [first, third]
    keys.press("l")
    keys.press("Alt+ArrowDown")
    assert titles(page, "#curated") == [third, first]
    keys.press("/")
    keys.type("boat race in the rain")
    keys.press("Enter")
    expect(page.locator("#found .card").first).to_be_focused()
    keys.press("a")
    expect(page.locator("#curated > li")).to_have_count(3)
    keys.press("u")
    expect(page.locator("#curated > li")).to_have_count(2)
    keys.press("?")
    expect(page.locator("#help")).to_be_visible()
    close(page, "#help")
    keys.press("d")
    expect(page.locator("#change-title")).to_have_text("The change")
    expect(page.locator("#change")).to_be_visible()
    assert not re.search(r"^related", (harbour.root / ARTICLE).read_text(), re.MULTILINE)
    close(page, "#change")
    keys.press("s")
    expect(page.locator("#change-title")).to_have_text("Saved")
    close(page, "#change")
    text = (harbour.root / ARTICLE).read_text()
    assert text.index(third) < text.index(first)
    keys.press("l")
    keys.press("x")
    expect(page.locator("#curated > li.removed")).to_have_count(1)
    keys.press("u")
    expect(page.locator("#curated > li.removed")).to_have_count(0)
    here = page.url
    keys.press("n")
    page.wait_for_url(lambda url: url != here)
    keys.press("p")
    page.wait_for_url(here.split("?")[0] + "*")
    assert page.faults == []


def test_on_a_fresh_page_keys_act_on_what_is_marked(open_page):
    page = open_page(FACES)
    first, second, *_ = titles(page, "#suggested")
    marked, keys = page.locator("[aria-current] .title bdi"), page.keyboard
    expect(marked).to_have_text([first])
    shadow = "getComputedStyle(document.querySelector('[aria-current]')).boxShadow"
    assert page.evaluate(shadow) != "none"
    keys.press("x")
    expect(page.locator("#status")).to_contain_text("l leads there")
    keys.press("r")
    expect(page.locator("#turned-down-count")).to_have_text("1")
    expect(marked).to_have_text([second])
    page.reload()
    keys.press("j")
    last = titles(page, "#suggested")[:2][-1]
    expect(marked).to_have_text([last])
    page.locator("h1").click()
    expect(marked).to_have_text([last])
    page.reload()
    keys.press("l")
    expect(page.locator("#curated > li").first).to_be_focused()
    expect(marked).to_have_text(["Watchdog asks who checks the cameras"])
    keys.press("a")
    expect(page.locator("#status")).to_contain_text("l leads to them")
    assert page.faults == []


def test_where_nothing_is_suggested_the_first_item_is_marked_and_an_empty_list_is_said(open_page, harbour):
    page = open_page()
    page.keyboard.press("l")
    expect(page.locator("#status")).to_have_text("nothing is listed yet")
    page = open_page(FACES)
    while titles(page, "#suggested"):
        count = len(titles(page, "#suggested"))
        page.keyboard.press("r")
        expect(page.locator("#suggested > .card:not([hidden])")).to_have_count(count - 1)
    expect(page.locator("[aria-current] .title bdi")).to_have_text(["Watchdog asks who checks the cameras"])
    page.keyboard.press("x")
    expect(page.locator("#curated > li").first).to_have_class("item removed")


@pytest.mark.parametrize(("key", "opened"), [("s", "Saved"), ("d", "The change")])
def test_from_a_diff_the_next_article_is_one_key_away(open_page, key, opened):
    page = open_page(f"{FACES}?queue=all")
    here = page.url
    page.keyboard.press("a")
    page.keyboard.press(key)
    expect(page.locator("#change-title")).to_have_text(opened)
    close(page, "#change")
    page.keyboard.press("d")
    expect(page.locator("#change-title")).to_have_text("The change")
    page.keyboard.press("n")
    page.wait_for_url(lambda url: url != here)
    page.keyboard.press("?")
    page.keyboard.press("p")
    page.wait_for_url(here)
    assert page.faults == []


def test_an_order_that_is_not_saved_is_said_once_before_it_is_lost(open_page):
    page = open_page(f"{FACES}?queue=all")
    dialogs: list[str] = []

    def on_dialog(dialog):
        dialogs.append(dialog.type)
        dialog.accept()

    page.on("dialog", on_dialog)
    here, keys = page.url, page.keyboard
    keys.press("a")
    expect(page.locator("#status")).to_contain_text("accepted")
    keys.press("l")
    keys.press("Alt+ArrowDown")
    keys.press("n")
    told = "not saved: the order of the list; s saves, n or p once more goes on without"
    expect(page.locator("#status")).to_have_text(told)
    keys.press("k")
    keys.press("d")
    expect(page.locator("#change-title")).to_have_text("The change")
    keys.press("n")
    expect(page.locator("#change")).to_be_hidden()
    expect(page.locator("#status")).to_have_text(told)
    assert page.url == here
    keys.press("n")
    page.wait_for_url(lambda url: url != here)
    keys.press("p")
    page.wait_for_url(here)
    expect(page.locator("#curated > li.waiting")).to_have_count(1)
    keys.press("l")
    keys.press("Alt+ArrowDown")
    keys.press("u")
    expect(page.locator("#status")).to_have_text("undone")
    keys.press("n")
    page.wait_for_url(lambda url: url != here)
    assert dialogs == []


def test_the_help_says_what_kinds_and_the_per_cent_mean(open_page):
    page = open_page()
    page.keyboard.press("?")
    told = page.locator("#help").inner_text()
    for kind in get_args(Kind):
        assert re.search(rf"^{kind}\s+\w", told, re.MULTILINE)
    assert "how likely an editor would take it" in told


def test_keys_pressed_while_the_server_answers_are_not_lost(open_page, harbour):
    page = open_page()
    first, second, *_ = titles(page, "#suggested")

    def late(route):
        page.wait_for_timeout(400)
        route.continue_()

    page.route("**/decide", late)
    keys = page.keyboard
    keys.press("a")
    keys.press("a")
    keys.press("s")
    expect(page.locator("#change-title")).to_have_text("Saved")
    assert titles(page, "#curated") == [first]
    assert titles(page, "#suggested")[0] == second
    assert first in (harbour.root / ARTICLE).read_text()


def test_what_is_suggested_and_found_is_added_once(open_page, harbour):
    page = open_page()
    first = titles(page, "#suggested")[0]
    page.locator("#words").fill(first)
    page.locator("#search button").click()
    found = page.locator("#found .card", has_text=first).first
    expect(found.locator(".accept")).to_be_visible()
    page.locator("#suggested .accept").first.click()
    expect(page.locator("#curated > li")).to_have_count(1)
    expect(found).to_be_hidden()
    page.keyboard.press("u")
    expect(found).to_be_visible()
    found.locator(".accept").click()
    expect(page.locator("#curated > li")).to_have_count(1)
    assert first not in titles(page, "#suggested")
    page.locator("#save").click()
    expect(page.locator("#change-title")).to_have_text("Saved")
    assert page.faults == []


def test_what_a_search_has_to_say_is_shown(open_page):
    page = open_page()
    page.locator("#words").fill("Fezzwick at the regatta")
    page.locator("#search button").click()
    expect(page.locator("#notes")).to_have_text('no title, excerpt or topic has the word "fezzwick"')
    page.locator("#words").fill("_news/regatta.md")
    page.locator("#search button").click()
    expect(page.locator("#found .card")).to_have_count(1)
    expect(page.locator("#notes")).to_be_hidden()
    assert page.faults == []


def test_two_tabs_in_conflict(open_page, harbour):
    one, other = open_page(), open_page()
    for page in (one, other):
        page.locator("#suggested .accept").first.click()
        expect(page.locator("#status")).to_contain_text("accepted")
    one.locator("#save").click()
    expect(one.locator("#change-title")).to_have_text("Saved")
    written = (harbour.root / ARTICLE).read_bytes()
    other.locator("#save").click()
    expect(other.locator("#change-title")).to_have_text("The file was changed by somebody else")
    assert "+related:" in other.locator("#diff").inner_text()
    assert (harbour.root / ARTICLE).read_bytes() == written


def test_a_file_changed_in_an_editor_is_not_overwritten(open_page, harbour):
    page = open_page()
    page.locator("#suggested .accept").first.click()
    expect(page.locator("#status")).to_contain_text("accepted")
    path = harbour.root / ARTICLE
    path.write_text(path.read_text() + "A new last line.\n")
    page.locator("#save").click()
    expect(page.locator("#change-title")).to_have_text("The file was changed by somebody else")
    assert path.read_text().endswith("A new last line.\n")
    page.reload()
    page.locator("#save").click()
    expect(page.locator("#change-title")).to_have_text("Saved")
    assert path.read_text().endswith("A new last line.\n")


def test_a_removal_that_is_not_saved_is_shown_and_can_be_taken_back(open_page, harbour):
    page = open_page(FACES)
    watchdog = page.locator("#curated > li").first
    watchdog.locator(".remove").click()
    expect(page.locator("#status")).to_contain_text("removed when you save")
    page.reload()
    expect(watchdog).to_have_class("item removed")
    expect(page.locator("#count")).to_have_text("1")
    page.locator("#words").fill("watchdog asks who checks")
    page.locator("#search button").click()
    expect(page.locator("#found .accept").first).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator("#curated > li.removed")).to_have_count(0)
    watchdog.locator(".remove").click()
    expect(watchdog).to_have_class("item removed")
    watchdog.locator(".remove").click()
    expect(watchdog).to_have_class("item")
    page.locator("#save").click()
    expect(page.locator("#change-title")).to_have_text("Nothing changed")
    close(page, "#change")
    watchdog.locator(".remove").click()
    expect(watchdog).to_have_class("item removed")
    page.locator("#save").click()
    expect(page.locator("#change-title")).to_have_text("Saved")
    assert titles(page, "#curated") == ["Port buys heat pumps"]
    assert "watchdog" not in (harbour.root / FACES).read_text()
    close(page, "#change")
    page.locator("#turned-down summary").click()
    expect(page.locator("#turned-down-list li")).to_have_count(1)
    assert page.faults == []


def test_what_was_turned_down_can_be_taken_back_after_a_reload(open_page):
    page = open_page()
    first, second, *_ = titles(page, "#suggested")
    for _ in range(2):
        page.locator("#suggested .card:not([hidden]) .reject").first.click()
        expect(page.locator("#status")).to_contain_text("rejected")
        page.wait_for_timeout(100)
    page.reload()
    page.locator("#turned-down summary").click()
    expect(page.locator("#turned-down-count")).to_have_text("2")
    page.keyboard.press("u")
    expect(page.locator("#status")).to_contain_text("undone")
    assert [text.split("\n")[0] for text in page.locator("#turned-down-list .title").all_inner_texts()] == [first]
    page.locator("#turned-down-list .back").click()
    expect(page.locator("#turned-down")).to_be_hidden()
    page.reload()
    assert titles(page, "#suggested")[:2] == [first, second]
    assert page.faults == []


def test_one_of_two_items_that_are_the_same_is_removed(open_page, harbour):
    pumps = {"title": "Heat pumps", "webUrl": "https://harbourpost.example/heat-pumps"}
    harbour.article("_news/repeated.md", "Twice the same", related=[pumps, {**pumps, "title": "Heat pumps again"}])
    page = open_page("_news/repeated.md")
    page.locator("#curated > li").nth(1).locator(".remove").click()
    expect(page.locator("#status")).to_contain_text("removed when you save")
    page.reload()
    expect(page.locator("#curated > li.removed")).to_have_count(1)
    expect(page.locator("#curated > li").nth(1)).to_have_class("item removed")
    page.locator("#save").click()
    expect(page.locator("#change-title")).to_have_text("Saved")
    text = (harbour.root / "_news/repeated.md").read_text()
    assert (text.count("webUrl: https://harbourpost.example/heat-pumps"), "again" in text) == (1, False)
    decided = (harbour.root / ".search/decisions.jsonl").read_text()
    assert '"applied"' in decided
    page.reload()
    assert titles(page, "#curated") == ["Heat pumps"]


def test_both_of_two_items_that_are_the_same_are_removed(open_page, harbour):
    pumps = {"title": "Heat pumps", "webUrl": "https://harbourpost.example/heat-pumps"}
    harbour.article("_news/repeated.md", "Twice the same", related=[pumps, {**pumps, "title": "Heat pumps again"}])
    page = open_page("_news/repeated.md")
    lines = page.locator("#curated > li")
    for number in (0, 1):
        lines.nth(number).locator(".remove").click()
        expect(lines.nth(number)).to_have_class("item removed")
    page.reload()
    expect(page.locator("#curated > li.removed")).to_have_count(2)
    lines.nth(0).locator(".remove").click()
    expect(page.locator("#curated > li.removed")).to_have_count(1)
    page.reload()
    expect(lines.nth(0)).to_have_class("item")
    expect(lines.nth(1)).to_have_class("item removed")
    lines.nth(0).locator(".remove").click()
    expect(page.locator("#curated > li.removed")).to_have_count(2)
    page.locator("#save").click()
    expect(page.locator("#change-title")).to_have_text("Saved")
    assert "heat-pumps" not in (harbour.root / "_news/repeated.md").read_text()
    page.reload()
    assert titles(page, "#curated") == []


def test_of_three_items_that_are_the_same_one_or_all_are_removed(open_page, harbour):
    pumps = {"title": "Heat pumps", "webUrl": "https://harbourpost.example/heat-pumps"}
    harbour.article("_news/repeated.md", "Three times the same", related=[pumps] * 3)
    page = open_page("_news/repeated.md")
    lines, removed = page.locator("#curated > li"), page.locator("#curated > li.removed")
    lines.nth(0).locator(".remove").click()
    expect(lines.nth(0)).to_have_class("item removed")
    lines.nth(1).locator(".remove").click()
    expect(lines.nth(1)).to_have_class("item removed")
    expect(removed).to_have_count(1)
    page.reload()
    expect(removed).to_have_count(1)
    expect(lines.nth(1)).to_have_class("item removed")


def test_the_order_of_a_list_is_carried_onto_a_file_that_somebody_else_changed(open_page, harbour):
    page = open_page(FACES)
    page.locator("#curated > li").nth(1).locator(".up").click()
    page.locator("#suggested .accept").first.click()
    expect(page.locator("#status")).to_contain_text("accepted")
    path = harbour.root / FACES
    path.write_text(path.read_text().replace("Watchdog asks", "Ombudsman asks"))
    page.locator("#save").click()
    expect(page.locator("#change-title")).to_have_text("The file was changed by somebody else")
    assert "+- title: Ombudsman asks" in page.locator("#diff .added").all_inner_texts()[0]
    listed = titles(page, "#curated")
    page.locator("#take").click()
    expect(page.locator("#status")).to_contain_text("your order is on top")
    assert titles(page, "#curated") == [one.replace("Watchdog asks", "Ombudsman asks") for one in listed]
    page.locator("#save").click()
    expect(page.locator("#change-title")).to_have_text("Saved")
    text = path.read_text()
    assert text.index("Port buys heat pumps") < text.index("Ombudsman asks")


def test_going_on_after_a_decision_asks_nothing_and_after_a_move_it_does(open_page):
    page = open_page(FACES)
    asked: list[str] = []

    def on_dialog(dialog):
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", on_dialog)
    page.locator("#suggested .accept").first.click()
    expect(page.locator("#status")).to_contain_text("accepted")
    page.reload()
    assert asked == []
    page.locator("#curated > li").nth(1).locator(".up").click()
    page.reload()
    assert asked == ["beforeunload"]


def test_removing_an_item_without_an_address_is_asked_about_before_it_is_lost(open_page, harbour):
    harbour.article("_news/bare.md", "With bare items", related=[{"title": "A note"}, {"title": "Another note"}])
    page = open_page("_news/bare.md")
    asked: list[str] = []

    def on_dialog(dialog):
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", on_dialog)
    note = page.locator("#curated > li").first
    note.locator(".remove").click()
    expect(note).to_have_class("item removed")
    note.locator(".remove").click()
    expect(note).to_have_class("item")
    page.reload()
    assert asked == []
    note.locator(".remove").click()
    expect(note).to_have_class("item removed")
    page.keyboard.press("n")
    expect(page.locator("#status")).to_contain_text("not saved: the removal of what has no address; s saves")
    page.reload()
    assert asked == ["beforeunload"]
    page = open_page("_news/bare.md")
    page.locator("#curated > li").first.locator(".remove").click()
    path = harbour.root / "_news/bare.md"
    path.write_text(path.read_text() + "A last line.\n")
    page.locator("#save").click()
    expect(page.locator("#change-title")).to_have_text("The file was changed by somebody else")
    page.locator("#take").click()
    expect(page.locator("#curated > li.removed")).to_have_count(1)
    page.locator("#save").click()
    expect(page.locator("#change-title")).to_have_text("Saved")
    assert "A note" not in path.read_text()
    assert "Another note" in path.read_text()


def test_of_a_file_that_is_not_edited_the_page_says_what_becomes_of_decisions(open_page, harbour):
    harbour.write(
        "_news/toml.md",
        '+++\ntitle = "Face cameras at the port"\n[[related]]\ntitle = "A"\nwebUrl = "https://a.example/1"\n+++\n',
    )
    page = open_page("_news/toml.md")
    expect(page.locator(".save")).to_contain_text("Decisions are kept; write them into the file by hand")
    page.locator("#suggested .accept").first.click()
    expect(page.locator("#status")).to_have_text("accepted: kept as a decision; this file is edited by hand")
    page.keyboard.press("s")
    expect(page.locator("#status")).to_have_text("this file is not edited here")
    page.locator("#curated > li").first.locator(".remove").click()
    expect(page.locator("#status")).to_have_text("removal kept as a decision; this file is edited by hand")
    content = "getComputedStyle(document.querySelector('#curated .removed .title'), '::after').content"
    assert "by hand" in page.evaluate(content)
    assert '"verdict": "accepted"' in (harbour.root / ".search/decisions.jsonl").read_text()
    assert page.faults == []


def test_r_rejects_while_a_reason_is_chosen(open_page, harbour):
    page = open_page()
    page.locator("#suggested select").first.select_option("outdated")
    page.locator("#suggested select").first.focus()
    page.keyboard.press("r")
    expect(page.locator("#status")).to_contain_text("rejected")
    assert '"reason": "outdated"' in (harbour.root / ".search/decisions.jsonl").read_text()


def test_what_is_said_goes_away_and_is_in_nobodys_way(open_page):
    page = open_page()
    page.clock.install()
    page.locator("#suggested .accept").first.click()
    expect(page.locator("#status")).to_contain_text("accepted")
    assert page.evaluate("getComputedStyle(document.querySelector('#status')).pointerEvents") == "none"
    page.clock.fast_forward(10_000)
    expect(page.locator("#status")).to_have_class("faded")
    expect(page.locator("#status")).to_be_hidden()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_cut_off(open_page, size, scheme):
    page = open_page("_news/face-cameras.md", size, scheme)
    page.locator("details.score summary").first.click()
    violations = Axe().run(page).response["violations"]
    assert [(one["id"], one["impact"]) for one in violations] == []
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    violations = Axe().run(page).response["violations"]
    assert [(one["id"], one["impact"]) for one in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_hostile_title_runs_nothing(open_page, harbour):
    title = "Ferry &amp;lt;img src=x onerror=document.title='owned'> \" onclick=document.title='owned' {{ 7*7 }}"
    harbour.article("_news/hostile.md", title, related=[{"title": title, "webUrl": 'https://x.example/"onclick=x'}])
    page = open_page("_news/hostile.md")
    assert titles(page, "#curated")[0].startswith("Ferry ")
    page.locator("#words").fill("boat")
    page.locator("#search button").click()
    expect(page.locator("#found .card").first).to_be_focused()
    assert "owned" not in page.title().split("·")[-1]
    assert page.evaluate("document.querySelectorAll('main img, main script').length") == 0
    assert page.faults == []


def test_suggestions_in_one_page_need_no_network(browser, harbour, run_search, tmp_path):
    build_index(harbour.root, tmp_path / "index")
    done = run_search(
        "suggest", "--all", "--min-probability", "0", "--index", tmp_path / "index", "--html", "sheet.html"
    )
    assert done.returncode == 0
    context = browser.new_context(viewport={"width": 390, "height": 844}, offline=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(Path(tmp_path, "sheet.html").as_uri())
    assert len(asked) == 1
    expect(page.locator("section.one")).to_have_count(6)
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()
