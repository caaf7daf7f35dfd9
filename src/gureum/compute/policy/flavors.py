"""Rules about flavors, their extra specs and who may use them."""

from gureum.kernel.policy import Rule

RULES = [
    Rule("os_compute_api:os-flavor-access", "rule:context_is_admin", "GET /flavors/{flavor_id}/os-flavor-access"),
    Rule(
        "os_compute_api:os-flavor-access:add_tenant_access",
        "rule:context_is_admin",
        "POST /flavors/{flavor_id}/action (addTenantAccess)",
    ),
    Rule(
        "os_compute_api:os-flavor-access:remove_tenant_access",
        "rule:context_is_admin",
        "POST /flavors/{flavor_id}/action (removeTenantAccess)",
    ),
    Rule(
        "os_compute_api:os-flavor-extra-specs:create",
        "rule:context_is_admin",
        "POST /flavors/{flavor_id}/os-extra_specs/",
    ),
    Rule(
        "os_compute_api:os-flavor-extra-specs:delete",
        "rule:context_is_admin",
        "DELETE /flavors/{flavor_id}/os-extra_specs/{flavor_extra_spec_key}",
    ),
    Rule(
        "os_compute_api:os-flavor-extra-specs:index",
        "rule:project_reader_or_admin",
        (
            "GET /flavors/{flavor_id}/os-extra_specs/ ; POST /flavors ; GET /flavors/detail ; GET /flavors/{flavor_id} ; "
            "PUT /flavors/{flavor_id}"
        ),
    ),
    Rule(
        "os_compute_api:os-flavor-extra-specs:show",
        "rule:project_reader_or_admin",
        "GET /flavors/{flavor_id}/os-extra_specs/{flavor_extra_spec_key}",
    ),
    Rule(
        "os_compute_api:os-flavor-extra-specs:update",
        "rule:context_is_admin",
        "PUT /flavors/{flavor_id}/os-extra_specs/{flavor_extra_spec_key}",
    ),
    Rule("os_compute_api:os-flavor-manage:create", "rule:context_is_admin", "POST /flavors"),
    Rule("os_compute_api:os-flavor-manage:delete", "rule:context_is_admin", "DELETE /flavors/{flavor_id}"),
    Rule("os_compute_api:os-flavor-manage:update", "rule:context_is_admin", "PUT /flavors/{flavor_id}"),
]
