"""Rules about regions, services and endpoints."""

from gureum.kernel.policy import Rule

RULES = [
    Rule(
        "identity:get_region",
        "",
        "GET /v3/regions/{region_id} ; HEAD /v3/regions/{region_id}",
        scope="system,domain,project",
    ),
    Rule("identity:list_regions", "", "GET /v3/regions ; HEAD /v3/regions", scope="system,domain,project"),
    Rule(
        "identity:create_region",
        "rule:admin_required",
        "POST /v3/regions ; PUT /v3/regions/{region_id}",
        scope="system,project",
    ),
    Rule("identity:update_region", "rule:admin_required", "PATCH /v3/regions/{region_id}", scope="system,project"),
    Rule("identity:delete_region", "rule:admin_required", "DELETE /v3/regions/{region_id}", scope="system,project"),
    Rule(
        "identity:get_service",
        "rule:admin_required or (role:reader and system_scope:all)",
        "GET /v3/services/{service_id}",
        scope="system,project",
    ),
    Rule(
        "identity:list_services",
        "rule:admin_required or (role:reader and system_scope:all)",
        "GET /v3/services",
        scope="system,project",
    ),
    Rule("identity:create_service", "rule:admin_required", "POST /v3/services", scope="system,project"),
    Rule("identity:update_service", "rule:admin_required", "PATCH /v3/services/{service_id}", scope="system,project"),
    Rule("identity:delete_service", "rule:admin_required", "DELETE /v3/services/{service_id}", scope="system,project"),
    Rule(
        "identity:get_endpoint",
        "rule:admin_required or (role:reader and system_scope:all)",
        "GET /v3/endpoints/{endpoint_id}",
        scope="system,project",
    ),
    Rule(
        "identity:list_endpoints",
        "rule:admin_required or (role:reader and system_scope:all)",
        "GET /v3/endpoints",
        scope="system,project",
    ),
    Rule("identity:create_endpoint", "rule:admin_required", "POST /v3/endpoints", scope="system,project"),
    Rule(
        "identity:update_endpoint", "rule:admin_required", "PATCH /v3/endpoints/{endpoint_id}", scope="system,project"
    ),
    Rule(
        "identity:delete_endpoint", "rule:admin_required", "DELETE /v3/endpoints/{endpoint_id}", scope="system,project"
    ),
]
