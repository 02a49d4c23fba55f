"""Healing: which drift may be undone without a person, by a policy that is off by default.

In: findings, the policy, and what was healed before. Out: for each finding whether it is healed now, or why not. Nothing here
writes; a plan is made and applied as any other.
"""
