"""Flavors: what there is, for whom, in which order."""

import pytest

from tests.api.compute_kit import fresh, message, new_flavor
from tests.cloud import Client, Cloud

FLAVORS = "/compute/v2.1/flavors"


def names(client: Client, query: str = "") -> list[str]:
    return [flavor["name"] for flavor in client.get(f"{FLAVORS}/detail?{query}", version="2.96").ok(200)["flavors"]]


def test_a_cloud_begins_with_five(cloud: Cloud) -> None:
    found = cloud.project().member.get(f"{FLAVORS}/detail", version="2.96").ok(200)["flavors"]
    first = {flavor["id"]: flavor for flavor in found if flavor["id"] in "12345"}
    assert [(one["name"], one["ram"], one["disk"], one["vcpus"]) for one in first.values()] == [
        ("m1.tiny", 512, 1, 1),
        ("m1.small", 2048, 20, 1),
        ("m1.medium", 4096, 40, 2),
        ("m1.large", 8192, 80, 4),
        ("m1.xlarge", 16384, 160, 8),
    ]
    assert all(one["os-flavor-access:is_public"] and not one["OS-FLV-EXT-DATA:ephemeral"] for one in first.values())


def test_defaults_of_a_new_one(cloud: Cloud) -> None:
    flavor = new_flavor(cloud.admin)
    assert (flavor["rxtx_factor"], flavor["swap"], flavor["os-flavor-access:is_public"]) == (1.0, 0, True)
    assert flavor["extra_specs"] == {} and flavor["description"] is None
    assert flavor["links"][0]["href"].endswith(f"{FLAVORS}/{flavor['id']}")


def test_numbers_in_text_and_a_chosen_id(cloud: Cloud) -> None:
    flavor = new_flavor(cloud.admin, id=7001, ram="256", disk="2", swap="64", rxtx_factor="2.5")
    assert (flavor["id"], flavor["ram"], flavor["disk"], flavor["swap"]) == ("7001", 256, 2, 64)
    assert flavor["rxtx_factor"] == 2.5


def test_only_an_administrator_makes_changes_and_deletes(cloud: Cloud) -> None:
    tenant, flavor = cloud.project(), new_flavor(cloud.admin)
    path = f"{FLAVORS}/{flavor['id']}"
    for client in (tenant.member, tenant.reader):
        body = {"flavor": {"name": fresh("x"), "ram": 1, "vcpus": 1, "disk": 0}}
        assert client.post(FLAVORS, body).status == 403
        assert client.put(path, {"flavor": {"description": "x"}}, version="2.55").status == 403
        assert client.delete(path).status == 403
        assert client.post(f"{path}/os-extra_specs", {"extra_specs": {"a": "b"}}).status == 403
        assert client.get(f"{path}/os-flavor-access").status == 403
    assert tenant.reader.get(path, version="2.61").ok(200)["flavor"]["extra_specs"] == {}


def test_a_name_and_an_id_are_taken_once(cloud: Cloud) -> None:
    flavor = new_flavor(cloud.admin)
    again = {"name": fresh("x"), "id": flavor["id"], "ram": 1, "vcpus": 1, "disk": 0}
    answer = cloud.admin.post(FLAVORS, {"flavor": again})
    assert (answer.status, message(answer)) == (409, f"Flavor with ID {flavor['id']} already exists.")
    answer = cloud.admin.post(FLAVORS, {"flavor": again | {"id": None, "name": flavor["name"]}})
    assert (answer.status, message(answer)) == (409, f"Flavor with name {flavor['name']} already exists.")


@pytest.mark.parametrize(
    "wrong", [{"ram": "0"}, {"vcpus": 0}, {"disk": -1}, {"name": " a"}, {"rxtx_factor": 0}, {"id": "a b!"}, {"x": 1}]
)
def test_bad_input_changes_nothing(cloud: Cloud, wrong: dict[str, object]) -> None:
    before = names(cloud.admin, "is_public=None")
    body = {"name": fresh("bad"), "ram": 1, "vcpus": 1, "disk": 0} | wrong
    assert cloud.admin.post(FLAVORS, {"flavor": body}).status == 400
    assert names(cloud.admin, "is_public=None") == before


def test_described_since_2_55(cloud: Cloud) -> None:
    flavor = new_flavor(cloud.admin)
    path = f"{FLAVORS}/{flavor['id']}"
    assert cloud.admin.put(path, {"flavor": {"description": "old"}}, version="2.54").status == 404
    changed = cloud.admin.put(path, {"flavor": {"description": "small"}}, version="2.55").ok(200)["flavor"]
    assert changed["description"] == "small" and "extra_specs" not in changed
    assert "description" not in cloud.admin.get(path).ok(200)["flavor"]


def test_deleted_is_gone(cloud: Cloud) -> None:
    path = f"{FLAVORS}/{new_flavor(cloud.admin)['id']}"
    assert cloud.admin.delete(path).ok(202) is None
    assert cloud.admin.get(path).status == cloud.admin.delete(path).status == 404


def test_a_private_one_is_only_for_those_who_were_let(cloud: Cloud) -> None:
    let, other = cloud.project(), cloud.project()
    flavor = new_flavor(cloud.admin, **{"os-flavor-access:is_public": False})
    path, name = f"{FLAVORS}/{flavor['id']}", flavor["name"]
    assert let.member.get(path).status == 404 and name not in names(let.member)
    granted = {"addTenantAccess": {"tenant": let.id}}
    shown = [{"flavor_id": flavor["id"], "tenant_id": let.id}]
    assert cloud.admin.post(f"{path}/action", granted).ok(200) == {"flavor_access": shown}
    assert cloud.admin.post(f"{path}/action", granted).status == 409
    assert cloud.admin.get(f"{path}/os-flavor-access").ok(200) == {"flavor_access": shown}
    assert let.member.get(path).status == 200 and name in names(let.member)
    assert other.member.get(path).status == 404 and name not in names(other.member)
    assert name not in names(cloud.admin) and name in names(cloud.admin, "is_public=None")
    assert name in names(cloud.admin, "is_public=false") and "m1.tiny" not in names(cloud.admin, "is_public=false")
    taken = {"removeTenantAccess": {"tenant": let.id}}
    assert cloud.admin.post(f"{path}/action", taken).ok(200) == {"flavor_access": []}
    assert cloud.admin.post(f"{path}/action", taken).status == 404
    assert let.member.get(path).status == 404


def test_access_to_public_ones_and_for_nobody(cloud: Cloud) -> None:
    tenant = cloud.project()
    answer = cloud.admin.post(f"{FLAVORS}/1/action", {"addTenantAccess": {"tenant": tenant.id}})
    assert (answer.status, message(answer)) == (409, "Can not add access to a public flavor.")
    answer = cloud.admin.post(f"{FLAVORS}/1/action", {"addTenantAccess": {"tenant": "nobody"}})
    assert (answer.status, message(answer)) == (400, "Project ID nobody is not a valid project.")


def test_extra_specs(cloud: Cloud) -> None:
    reader = cloud.project().reader
    path = f"{FLAVORS}/{new_flavor(cloud.admin)['id']}/os-extra_specs"
    cloud.admin.post(path, {"extra_specs": {"hw:numa_nodes": "1", "SSD": 5}}).ok(200)
    assert cloud.admin.put(f"{path}/SSD", {"SSD": "true"}).ok(200) == {"SSD": "true"}
    assert reader.get(path).ok(200) == {"extra_specs": {"hw:numa_nodes": "1", "SSD": "true"}}
    assert reader.get(f"{path}/SSD").ok(200) == {"SSD": "true"}
    assert message(cloud.admin.put(f"{path}/SSD", {"other": "1"})) == "Request body and URI mismatch"
    cloud.admin.delete(f"{path}/SSD").ok(200)
    assert cloud.admin.delete(f"{path}/SSD").status == reader.get(f"{path}/SSD").status == 404
    assert cloud.admin.post(path, {"extra_specs": {"a/b": "1"}}).status == 400


@pytest.mark.parametrize(
    ("spec", "value", "words"),
    [
        ("hw:cpu_policy", "bogus", "'bogus' is not one of: dedicated, shared, mixed."),
        ("hw:bogus", "1", "extra spec 'hw:bogus' does not appear to be a valid extra spec."),
        ("hw:numa_nodes", "0", "'0' is less than the min value of '1'."),
        ("quota:cpu_shares", "many", "'many' is not a valid integer value."),
        ("hw:redirected_usb_ports", 16, "'16' is greater than the max value of '15'."),
        ("hw:mem_page_size", "huge", r"'huge' is not of the format '(large|small|any|\d+([kKMGT]i?)?(b|bit|B)?)'."),
        ("hw:pmem", "a" * 80 + ",,", f"'{'a' * 80},,' is not of the format '([a-zA-Z0-9_]+(,)?)+'."),
        ("hw_rng:allowed", "perhaps", "'perhaps' is not a valid boolean-like value."),
        ("resources1:BOGUS", "1", "extra spec 'resources1:BOGUS' does not appear to be a valid extra spec."),
        ("trait:CUSTOM_GOLD", "maybe", "'maybe' is not one of: required, forbidden."),
    ],
)
def test_extra_specs_that_nothing_understands(cloud: Cloud, spec: str, value: str | int, words: str) -> None:
    path = f"{FLAVORS}/{new_flavor(cloud.admin)['id']}/os-extra_specs"
    for asked in (
        cloud.admin.post(path, {"extra_specs": {spec: value}}, version="2.86"),
        cloud.admin.put(f"{path}/{spec}", {spec: value}, version="2.86"),
    ):
        assert (asked.status, message(asked)) == (400, f"Validation failed; {words}")
    cloud.admin.post(path, {"extra_specs": {spec: value}}, version="2.85").ok(200)


def test_extra_specs_that_are_understood_or_the_operators_own(cloud: Cloud) -> None:
    path = f"{FLAVORS}/{new_flavor(cloud.admin)['id']}/os-extra_specs"
    specs = {"hw:numa_cpus.0": "0-1,^1", "hw:numa_mem.1": "64", "hw:mem_page_size": "2MB", "hw:cpu_realtime": " Yes "}
    specs |= {"resources:VCPU": "1", "resources_a:CUSTOM_X": "2", "trait:HW_CPU_X86_AVX": "required", "SSD": "true"}
    specs |= {"quota:vif_inbound_peak": "5", "capabilities:cpu_info:topology:cores": ">= 2", "group_policy": "none"}
    specs |= {"aggregate_instance_extra_specs:pinned": "true", "foo:bar": "baz", "hw:pmem": "a,b"}
    assert cloud.admin.post(path, {"extra_specs": specs}, version="2.104").ok(200) == {"extra_specs": specs}


def test_filters_order_and_pages(cloud: Cloud) -> None:
    made = [new_flavor(cloud.admin, ram=500_000 + at, disk=900 - at)["name"] for at in range(5)]
    assert names(cloud.admin, "minRam=500002&minDisk=897&sort_key=memory_mb") == made[2:4]
    assert names(cloud.admin, "minRam=500000&sort_key=root_gb&sort_dir=desc") == made
    found: list[str] = []
    query = "minRam=500000&sort_key=memory_mb&sort_dir=desc&limit=2"
    while query:
        page = cloud.admin.get(f"{FLAVORS}?{query}", version="2.96").ok(200)
        found += [flavor["name"] for flavor in page["flavors"]]
        query = page["flavors_links"][0]["href"].partition("?")[2] if "flavors_links" in page else ""
    assert found == made[::-1]


@pytest.mark.parametrize("sort", ["created_at", "description", "updated_at", "vcpu_weight", "is_public", "id"])
def test_pages_in_any_order_show_each_once(cloud: Cloud, sort: str) -> None:
    everything = names(cloud.admin, f"is_public=None&sort_key={sort}")
    marker, found = "", []
    while page := cloud.admin.get(f"{FLAVORS}?is_public=None&sort_key={sort}&limit=3{marker}").ok(200)["flavors"]:
        found += [flavor["name"] for flavor in page]
        marker = f"&marker={page[-1]['id']}"
    assert found == everything


def test_by_name_since_2_102(cloud: Cloud) -> None:
    name = new_flavor(cloud.admin)["name"]
    found = cloud.admin.get(f"{FLAVORS}?name={name}", version="2.104").ok(200)["flavors"]
    assert [flavor["name"] for flavor in found if flavor["name"] == name] == [name] and "m1.tiny" not in str(found)
    shown = cloud.admin.get(f"{FLAVORS}/1", version="2.102").ok(200)["flavor"]
    assert not {"rxtx_factor", "OS-FLV-DISABLED:disabled"} & shown.keys()
