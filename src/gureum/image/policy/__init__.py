"""Policy rules, upstream's names and defaults, a module a resource."""

from gureum.image.policy import images, members

_ALL = [*images.RULES, *members.RULES]
RULES = [rule if rule.name == "context_is_admin" else rule._replace(scope="project") for rule in _ALL]
"""Open to tokens of projects only, as upstream has it, but for what others are made of."""

LISTS = {"get_image": (frozenset({"project_id", "owner", "visibility", "member_id"}),)}
"""The rule that decides over the rows of the list, and what its SQL can ask of a row."""
