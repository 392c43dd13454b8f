"""Texts on which an exported model is compared with its original: short, long, odd, in several scripts."""

from __future__ import annotations

from typing import Final

SAMPLE_TEXTS: Final = [
    "heat pumps",
    "K-40",
    "NGRA vote",
    "Who pays for the new ferry terminal?",
    "cameras that recognise faces in a crowd",
    (
        "Council delays vote on harbour wall. Engineers say the work cannot start before spring, and the mayor blames "
        "the ministry for a report that came three months late."
    ),
    (
        "Kestrel recalls 41,000 K-40 inverters after fires. Owners are told to switch the units off until a "
        "technician has replaced the relay board; the maker will pay for hotel stays."
    ),
    "Opinion: we taught the machine to read, and forgot to ask what for. A library is not a database with chairs.",
    "Quarterly profit falls 12.5 % at Norrland Rail as diesel costs rise; shares drop 4.1 %",
    "Zürich, Malmö und Łódź unterzeichnen Abkommen über Nachtzüge. Ab 2027 sollen drei Linien verkehren.",
    "Élections: le scrutin reporté à Saint-Étienne après une panne du système de vote électronique",
    "東京湾の水質調査、2年連続で改善。研究者らは下水処理の更新が効いたとみている。",
    "В порту открылся музей ледоколов",
    "&amp; entities &#8217;left&#8217; as they are <b>and tags</b>",
    "a" * 300,
    "😀 emoji 🚢 and signs → § ¶ ±",
    "12:30",
    "Video: how a tide gauge works | Science in Ninety Seconds",
    "The committee heard evidence from doctors, pilots, teachers and a lighthouse keeper. " * 20,
    "Storm Ines: what we know so far",
    (
        "Vaccine trial halted after two patients fall ill. The agency calls the pause routine and expects to resume "
        "within weeks once an independent board has looked at the data."
    ),
    "Goalkeeper signs until 2029",
    "",
    "SELECT title FROM articles WHERE id = 7; -- not a headline",
]
