"""Rules about tags are asked about the thing and its network, each verb by its own rule."""

from tests.cloud import Cloud


def test_a_service_sees_a_network_and_not_its_tags(cloud: Cloud) -> None:
    tenant = cloud.project("member", "service")
    network = tenant.member.post("/network/v2.0/networks", {"network": {"name": "n"}}).ok(201)["network"]["id"]
    assert tenant.service.get(f"/network/v2.0/networks/{network}").status == 200
    assert tenant.service.get(f"/network/v2.0/networks/{network}/tags").status == 403
    assert tenant.member.get(f"/network/v2.0/networks/{network}/tags").ok(200) == {"tags": []}


def test_the_owner_of_a_network_reads_the_tags_of_anothers_port_on_it_and_does_not_write_them(cloud: Cloud) -> None:
    owner, other = cloud.project(), cloud.project()
    network = owner.member.post("/network/v2.0/networks", {"network": {"name": "n"}}).ok(201)["network"]["id"]
    body = {"port": {"network_id": network, "project_id": other.id}}
    path = f"/network/v2.0/ports/{cloud.admin.post('/network/v2.0/ports', body).ok(201)['port']['id']}/tags"
    cloud.admin.put(f"{path}/red").ok(201)
    assert owner.reader.get(path).ok(200) == {"tags": ["red"]}
    assert owner.member.put(path, {"tags": ["blue"]}).status == 403
    assert other.member.put(path, {"tags": ["blue"]}).ok(200) == {"tags": ["blue"]}
