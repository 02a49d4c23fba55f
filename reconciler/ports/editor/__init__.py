"""Manifests while people edit them: the files of a fleet with what is open in an editor, and changes of their text."""
