"""Policy rules, upstream's names and defaults, a module a resource."""

from gureum.image.policy import images, members

RULES = [*images.RULES, *members.RULES]
