"""Runs the command blocks of the documentation: in page order, from an empty folder, with the real tool and real
servers.

What belongs here: how a page is read (`blocks.py`), run (`session.py`, `walk.py`) and compared (`outputs.py`), and the
states that a page may start from (`setups/`). Not: statements about the text of pages (`tests/docs`).

How to write a page
-------------------

A block fenced `sh` is run; so is one fenced `console`, in which commands follow `$ ` and other lines are what they
print. Each page starts in an empty folder; the pages of docs/tutorial are one walk: each continues where the last one
ended. Comments and commands are those of the English pages. Pages that show what a command prints are run in Japanese
too, and compared with what the Japanese page shows. Use `text`, `yaml`, `json` or `crontab` for what is not run.

- Commands run one after the other in one bash: `cd`, `export` and jobs last until the end of the page. A command may
  have several lines (`\\`, here-documents, loops). Every command must end with 0, unless the page says otherwise.
- On the PATH: `reconciler`, `python` and `pip` of this environment. HOME is empty; Git has a name and an address
  (Hanako Sato).
- A service (`reconciler serve ...`, `watch`, `worker`), with or without `&`, runs in the background until the end of
  the page; the next command starts after its `ready:` line. There are no sleeps.
- Ports: 8765 to 8775, 9100, 2525 and 4318 in commands and output stand for free ports, others on each page.
- What a block prints may follow it directly in a block fenced `text`, or stand in the `console` block. It is compared
  with stdout and stderr together, after masking: times, dates, durations, ids of seven or more hexadecimal digits,
  versions, the folder, the number of blanks. A line `...` stands for any lines, `…` inside a line for any text.

Comments directly before a block change how it is run. Forges do not show them.

- `<!-- setup: NAME WORDS -->` runs `setups/NAME.sh` first, in the same bash. Prefer a visible first block; use a set-up
  where it would disturb readers. What a set-up provides is at the top of its file.
- `<!-- exit: 2 -->`: the last command of the block ends with 2. With several commands:
  one number for each, as in `<!-- exit: 0 2 0 -->`.
- `<!-- let: RUN = COMMAND -->`: from here on, the word RUN in commands stands for what COMMAND prints on stdout, as a reader
  would type it.
- `<!-- not run: KIND: reason -->`: not run. Kinds: forge, cluster, container runtime, cloud, root, mail server, installation,
  checks. At most one block in ten.

Try a page: `python -m tests.docs.commands docs/tutorial/*.md` prints each command and its output, with
`--lang ja` in Japanese.
"""
