"""Healing: decide for stored findings, apply what the policy allows, propose the rest. Decisions are in `core/healing`."""
