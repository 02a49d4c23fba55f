"""One self-contained page of HTML: readable without JavaScript, on a phone, in the dark, on paper and by a screen reader.

Contains what a page says and in which order; the markup is in `templates`. Not the words of a result (`views/common`).
"""
