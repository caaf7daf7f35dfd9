"""Policy rules, upstream's names and defaults."""

from gureum.kernel.policy import Rule

_MADE_OF = [
    Rule("admin_api", "role:admin"),
    Rule("service_api", "role:service"),
    Rule("project_reader_api", "role:reader and project_id:%(project_id)s"),
    Rule("admin_or_service_api", "role:admin or role:service"),
    Rule("admin_or_project_reader_or_service_api", "role:admin or rule:project_reader_api or role:service"),
]

_OPERATIONS = [
    Rule("placement:allocation_candidates:list", "rule:admin_or_service_api", "GET /allocation_candidates"),
    Rule("placement:allocations:delete", "rule:admin_or_service_api", "DELETE /allocations/{consumer_uuid}"),
    Rule("placement:allocations:list", "rule:admin_or_service_api", "GET /allocations/{consumer_uuid}"),
    Rule("placement:allocations:manage", "rule:admin_or_service_api", "POST /allocations"),
    Rule("placement:allocations:update", "rule:admin_or_service_api", "PUT /allocations/{consumer_uuid}"),
    Rule("placement:reshaper:reshape", "rule:service_api", "POST /reshaper"),
    Rule("placement:resource_classes:create", "rule:admin_or_service_api", "POST /resource_classes"),
    Rule("placement:resource_classes:delete", "rule:admin_or_service_api", "DELETE /resource_classes/{name}"),
    Rule("placement:resource_classes:list", "rule:admin_or_service_api", "GET /resource_classes"),
    Rule("placement:resource_classes:show", "rule:admin_or_service_api", "GET /resource_classes/{name}"),
    Rule("placement:resource_classes:update", "rule:admin_or_service_api", "PUT /resource_classes/{name}"),
    Rule(
        "placement:resource_providers:aggregates:list",
        "rule:admin_or_service_api",
        "GET /resource_providers/{uuid}/aggregates",
    ),
    Rule(
        "placement:resource_providers:aggregates:update",
        "rule:admin_or_service_api",
        "PUT /resource_providers/{uuid}/aggregates",
    ),
    Rule(
        "placement:resource_providers:allocations:list",
        "rule:admin_or_service_api",
        "GET /resource_providers/{uuid}/allocations",
    ),
    Rule("placement:resource_providers:create", "rule:admin_or_service_api", "POST /resource_providers"),
    Rule("placement:resource_providers:delete", "rule:admin_or_service_api", "DELETE /resource_providers/{uuid}"),
    Rule(
        "placement:resource_providers:inventories:create",
        "rule:admin_or_service_api",
        "POST /resource_providers/{uuid}/inventories",
    ),
    Rule(
        "placement:resource_providers:inventories:delete",
        "rule:admin_or_service_api",
        "DELETE /resource_providers/{uuid}/inventories ; DELETE /resource_providers/{uuid}/inventories/{resource_class}",
    ),
    Rule(
        "placement:resource_providers:inventories:list",
        "rule:admin_or_service_api",
        "GET /resource_providers/{uuid}/inventories",
    ),
    Rule(
        "placement:resource_providers:inventories:show",
        "rule:admin_or_service_api",
        "GET /resource_providers/{uuid}/inventories/{resource_class}",
    ),
    Rule(
        "placement:resource_providers:inventories:update",
        "rule:admin_or_service_api",
        "PUT /resource_providers/{uuid}/inventories ; PUT /resource_providers/{uuid}/inventories/{resource_class}",
    ),
    Rule("placement:resource_providers:list", "rule:admin_or_service_api", "GET /resource_providers"),
    Rule("placement:resource_providers:show", "rule:admin_or_service_api", "GET /resource_providers/{uuid}"),
    Rule(
        "placement:resource_providers:traits:delete",
        "rule:admin_or_service_api",
        "DELETE /resource_providers/{uuid}/traits",
    ),
    Rule(
        "placement:resource_providers:traits:list", "rule:admin_or_service_api", "GET /resource_providers/{uuid}/traits"
    ),
    Rule(
        "placement:resource_providers:traits:update",
        "rule:admin_or_service_api",
        "PUT /resource_providers/{uuid}/traits",
    ),
    Rule("placement:resource_providers:update", "rule:admin_or_service_api", "PUT /resource_providers/{uuid}"),
    Rule("placement:resource_providers:usages", "rule:admin_or_service_api", "GET /resource_providers/{uuid}/usages"),
    Rule("placement:traits:delete", "rule:admin_or_service_api", "DELETE /traits/{name}"),
    Rule("placement:traits:list", "rule:admin_or_service_api", "GET /traits"),
    Rule("placement:traits:show", "rule:admin_or_service_api", "GET /traits/{name}"),
    Rule("placement:traits:update", "rule:admin_or_service_api", "PUT /traits/{name}"),
    Rule("placement:usages", "rule:admin_or_project_reader_or_service_api", "GET /usages"),
]

# upstream opens all but one to tokens of projects only
RULES: list[Rule] = [
    rule if rule.name == "project_reader_api" else rule._replace(scope="project") for rule in (*_MADE_OF, *_OPERATIONS)
]
