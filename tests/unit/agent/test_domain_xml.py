"""The domain's description: whatever a tenant's texts hold, they stay texts."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

pytest.importorskip("libvirt", reason="the extra [host] is not installed")

from gureum.agent.drivers.hypervisor import domain_xml
from gureum.agent.drivers.hypervisor.files import GuestFiles, safe_path
from gureum.agent.drivers.metadata.server import answer
from gureum.agent.drivers.protocols import DriverFault
from gureum.contracts import hypervisor as hv

SERVER = "5ca1ab1e-0000-4000-8000-000000000011"
NASTY = 'a\' & <b> "c" </name>'


def build(machine: str = "q35", **words: object) -> ElementTree.Element:
    given = {
        "server_id": SERVER,
        "name": "instance-1",
        "vcpus": 2,
        "memory_mib": 256,
        "power": "running",
        "root": hv.RootDisk(image=hv.ImageSource(image_id="i", sha512="0", size=1, format="raw"), size_gib=1),
        "nics": (hv.Nic(port_id="5ca1ab1e-1111-4000-8000-000000000011", mac="fa:16:3e:00:00:01", mtu=1442),),
        **words,
    }
    spec = hv.EnsureDomain(**given)  # type: ignore[arg-type]
    platform = domain_xml.Platform(accelerator="tcg", machine=machine, userspace_datapath=True, hotplug_slots=3)
    return ElementTree.fromstring(domain_xml.build(spec, GuestFiles(Path("/state"), SERVER), platform))


def test_texts_stay_texts() -> None:
    volume = hv.VolumeDisk(device="vdb", volume_id=NASTY, source=hv.FileSource(path=f"/{NASTY}", format="raw"))
    tree = build(name=NASTY, volumes=(volume,), properties={"hw_video_model": NASTY})
    assert tree.findtext("name") == NASTY
    assert [disk.findtext("serial") for disk in tree.iterfind("devices/disk")] == [None, NASTY]
    model = tree.find("devices/video/model")
    assert model is not None and model.get("type") == "vga"


def test_what_cloud_init_looks_for() -> None:
    words = {entry.get("name"): entry.text for entry in build().iterfind("sysinfo/system/entry")}
    assert (words["manufacturer"], words["product"]) == ("OpenStack Foundation", "OpenStack Nova")


def test_a_port_is_plugged_by_its_id() -> None:
    nic = build().find("devices/interface")
    assert nic is not None
    places = {"virtualport/parameters": "interfaceid", "target": "dev", "mtu": "size", "driver/host": "csum"}
    found = [element.get(name) for place, name in places.items() if (element := nic.find(place)) is not None]
    assert found == ["5ca1ab1e-1111-4000-8000-000000000011", "tap5ca1ab1e-11", "1442", "off"]


def test_the_translation_cache_is_bounded() -> None:
    assert build().findtext("features/tcg/tb-cache") == "128"


def test_there_are_slots_to_plug_into() -> None:
    ports = [one for one in build().iterfind("devices/controller") if one.get("model") == "pcie-root-port"]
    assert len(ports) == 5 + 1 + 3
    assert not [one for one in build("pc").iterfind("devices/controller") if one.get("type") == "pci"]


@pytest.mark.parametrize("server_id", ["../x", "a/b", "", "x" * 65, "."])
def test_an_id_is_no_path(server_id: str) -> None:
    with pytest.raises(DriverFault):
        GuestFiles(Path("/state"), server_id)


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "a/../../b", "", "x" * 256, "a\0b"])
def test_a_metadata_file_stays_below_its_directory(name: str) -> None:
    with pytest.raises(DriverFault):
        safe_path(name)


FILES = {
    "openstack/latest/meta_data.json": b"{}",
    "openstack/2018-08-27/meta_data.json": b"{}",
    "latest/meta-data/hostname": b"h",
    "latest/meta-data/public-keys/0/openssh-key": b"k",
}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/openstack/latest/meta_data.json?x=1", b"{}"),
        ("/latest/meta-data/hostname/", b"h"),
        ("/openstack", b"2018-08-27\nlatest"),
        ("/latest/meta-data/", b"hostname\npublic-keys/"),
        ("/", b"latest/\nopenstack/"),
        ("/latest/meta-data/nothing", None),
        ("/openstack/../../etc/passwd", None),
        ("/%2e%2e/etc/passwd", None),
    ],
)
def test_what_the_metadata_service_answers(path: str, said: bytes | None) -> None:
    assert answer(FILES, path) == said
