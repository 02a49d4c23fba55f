"""Which side changed a field, Git or the backend; conflicts, foreign endpoints, missed notifications.

Nothing is read here.
"""
