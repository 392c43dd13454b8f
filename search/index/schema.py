"""The tables of the catalogue.

One SQLite file a generation, opened by readers as immutable:

- ``file``: every candidate file with what is needed to tell whether it changed, and what became of it;
- ``problem``: faults in files, kept so that a run that skips an unchanged file still reports them;
- ``article``: one row an article; ``row`` is also its id in the vector index;
- ``address``: every canonical URL an article is known by, and (``derived`` 1) whatever else lists call it, and (2) what
  its file says is its name, as ``slug:name``, which no list says; ``topic``: its topics, in order;
- ``copy``: distinct embedded items as written; ``curated``: the ``related`` lists, each entry naming its copy;
- ``words``: FTS5 over title, excerpt and topics, stemmed (Porter), without diacritics and in plain letters;
  between topics stands a word that nobody can ask for, so that no phrase runs from one into the next;
- ``terms``: the hashed terms of each article, from which the sparse vectors are made;
- ``vocabulary``: the words of titles and excerpts as they stand, and in plain letters without accents;
- ``acronym``: what acronyms stand for;
- ``listed_type``: how many items of each type the curated lists of each type of article hold;
- ``story``: the articles that share a story with others, and the one that stands for it.

Times are whole microseconds since 1970 UTC; ``utc_offset`` is what an article's own clock is ahead of that, in
microseconds: days are shown and asked for by it.
"""

from __future__ import annotations

FORMAT_VERSION = 7
# By what a provider is known: by name where there is one, for a domain may be that of the site that shows what several
# providers wrote.
PROVIDER = "COALESCE(NULLIF(provider_name, ''), provider_domain)"

CATALOGUE_SCHEMA = f"""
CREATE TABLE file (
    path     TEXT PRIMARY KEY,
    size     INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    digest   BLOB NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('article', 'not-article', 'problem')),
    reason   TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE problem (
    path  TEXT NOT NULL,
    line  INTEGER NOT NULL,
    what  TEXT NOT NULL,
    todo  TEXT NOT NULL,
    fatal INTEGER NOT NULL
);
CREATE INDEX problem_path ON problem (path);

CREATE TABLE article (
    row             INTEGER PRIMARY KEY,
    id              TEXT NOT NULL UNIQUE,
    origin          TEXT NOT NULL CHECK (origin IN ('file', 'embedded')),
    title           TEXT NOT NULL,
    excerpt         TEXT NOT NULL,
    url             TEXT NOT NULL,
    canonical_url   TEXT NOT NULL,
    published_at    INTEGER,
    utc_offset      INTEGER NOT NULL,
    type            TEXT NOT NULL,
    category        TEXT NOT NULL,
    provider_name   TEXT NOT NULL,
    provider_domain TEXT NOT NULL,
    quality         INTEGER,
    published       INTEGER,
    removed         INTEGER NOT NULL,
    text_key        BLOB NOT NULL
);
CREATE INDEX article_published_at ON article (published_at);
CREATE INDEX article_text_key ON article (text_key);
CREATE INDEX article_provider ON article ({PROVIDER});

CREATE TABLE address (
    url     TEXT NOT NULL,
    row     INTEGER NOT NULL,
    derived INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (url, row)
) WITHOUT ROWID;
CREATE INDEX address_row ON address (row);

CREATE TABLE topic (
    row      INTEGER NOT NULL,
    position INTEGER NOT NULL,
    name     TEXT NOT NULL,
    PRIMARY KEY (row, position)
) WITHOUT ROWID;
CREATE INDEX topic_name ON topic (name);

CREATE TABLE copy (
    digest BLOB PRIMARY KEY,
    record TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE curated (
    path     TEXT NOT NULL,
    position INTEGER NOT NULL,
    target   TEXT NOT NULL,
    title    TEXT NOT NULL,
    copy     BLOB,
    PRIMARY KEY (path, position)
) WITHOUT ROWID;
CREATE INDEX curated_target ON curated (target);

CREATE TABLE terms (
    row   INTEGER PRIMARY KEY,
    words BLOB NOT NULL,
    grams BLOB NOT NULL
);

CREATE TABLE vocabulary (
    word     TEXT PRIMARY KEY,
    plain    TEXT NOT NULL,
    articles INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX vocabulary_plain ON vocabulary (plain);

CREATE TABLE acronym (
    short    TEXT NOT NULL,
    long     TEXT NOT NULL,
    articles INTEGER NOT NULL,
    PRIMARY KEY (short, long)
) WITHOUT ROWID;
CREATE INDEX acronym_long ON acronym (long);

CREATE TABLE listed_type (
    type  TEXT NOT NULL,
    item  TEXT NOT NULL,
    items INTEGER NOT NULL,
    PRIMARY KEY (type, item)
) WITHOUT ROWID;

CREATE TABLE story (
    row    INTEGER PRIMARY KEY,
    leader INTEGER NOT NULL
);
CREATE INDEX story_leader ON story (leader);

CREATE VIRTUAL TABLE words USING fts5(
    title, excerpt, topics, tokenize="porter unicode61 remove_diacritics 2"
);
CREATE TRIGGER article_deleted AFTER DELETE ON article BEGIN
    DELETE FROM words WHERE rowid = old.row;
    DELETE FROM address WHERE row = old.row;
    DELETE FROM topic WHERE row = old.row;
    DELETE FROM terms WHERE row = old.row;
END;
"""
