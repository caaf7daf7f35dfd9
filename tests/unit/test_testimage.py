"""The test image's builder, in the parts that need no Debian packages."""

from __future__ import annotations

import shutil
import stat
import struct
import subprocess
from pathlib import Path

import pytest

from gureum.testimage import BuildError, boot, contents, debian, disk, elf, fingerprint, grub, initrd, modules, packages
from gureum.testimage.__main__ import main
from gureum.testimage.host import TOOLS, need
from gureum.testimage.small import GUEST, merged

SCRIPTS = [path for path in sorted(GUEST.rglob("*")) if path.is_file() and path.read_bytes().startswith(b"#!/bin/sh")]


def kernel(setup_sectors: int = 2, preferred: int = 0x1000000, size: int = 0x3378000) -> bytes:
    image = bytearray((setup_sectors + 1) * boot.SECTOR) + bytearray(b"K" * 1000)
    image[0x1F1] = setup_sectors
    image[0x202:0x206] = b"HdrS"
    struct.pack_into("<H", image, 0x206, 0x20F)
    image[0x211] = 1
    struct.pack_into("<Q", image, 0x258, preferred)
    struct.pack_into("<I", image, 0x260, size)
    return bytes(image)


def test_the_payload_says_where_each_part_goes():
    made = boot.payload(kernel(), b"R" * 700, "console=ttyS0", first_sector=2048)
    assert [extent.sectors for extent in made.table] == [120, 2, 2]
    assert [extent.first for extent in made.table] == [2048, 2168, 2170]
    assert [extent.address for extent in made.table] == [0x10000, 0x100000, 0x4400000]
    assert made.data[120 * 512 :].startswith(b"K" * 1000 + b"\0" * 24 + b"R" * 700)
    assert len(made.data) == 124 * 512


def test_the_setup_header_is_filled_in():
    data = boot.payload(kernel(), b"R" * 700, "console=ttyS0", first_sector=2048).data
    assert data[0x210] == 0xFF
    assert data[0x211] == 0x81
    assert struct.unpack_from("<II", data, 0x218) == (0x4400000, 700)
    (line,) = struct.unpack_from("<I", data, 0x228)
    assert data[line - 0x10000 :].startswith(b"console=ttyS0\0")


def test_what_is_no_kernel_is_refused():
    with pytest.raises(BuildError, match="not a bzImage"):
        boot.split_kernel(b"\0" * 4096)


def test_a_command_line_that_does_not_fit_is_refused():
    with pytest.raises(BuildError, match="too long"):
        boot.payload(kernel(), b"", "x" * 9000, first_sector=0)


def test_the_boot_sector_ends_with_its_table():
    sector = boot.boot_sector(b"\x90" * 440, (boot.Extent(120, 2048, 0x10000),))
    assert len(sector) == 440
    assert sector[:392] == b"\x90" * 392
    assert struct.unpack_from("<IIII", sector, 392) == (120, 2048, 0x10000, 0)


@pytest.mark.skipif(shutil.which("as") is None, reason="needs binutils")
def test_the_boot_code_leaves_room_for_table_and_partitions(tmp_path: Path):
    code = boot.assemble(GUEST / "loader" / "loader.S", tmp_path)
    assert len(code) == boot.BOOT_CODE
    assert code[392:] == b"\0" * 48


def test_the_initial_ram_disk_is_a_cpio_archive():
    made = initrd.archive([initrd.folder("bin"), initrd.file("bin/a", b"hello", 0o755), initrd.link("init", "bin/a")])
    assert len(made) % 4 == 0
    names, at = [], 0
    while at < len(made):
        fields = [int(made[at + 6 + 8 * index : at + 14 + 8 * index], 16) for index in range(13)]
        name = made[at + 110 : at + 110 + fields[11] - 1].decode()
        start = at + 110 + fields[11] + (-(110 + fields[11]) % 4)
        names.append((name, stat.S_IFMT(fields[1]), fields[2], made[start : start + fields[6]]))
        at = start + fields[6] + (-fields[6] % 4)
    assert names == [
        ("bin", stat.S_IFDIR, 0, b""),
        ("bin/a", stat.S_IFREG, 0, b"hello"),
        ("init", stat.S_IFLNK, 0, b"bin/a"),
        ("TRAILER!!!", 0, 0, b""),
    ]


def test_libraries_are_followed(tmp_path: Path):
    program = Path("/bin/ls")
    names = elf.needed(program.read_bytes())
    assert any(name.startswith("libc.so") for name in names)
    assert any(name.startswith("ld-linux") for name in names)
    empty = tmp_path / "empty.so"
    empty.write_bytes(b"")
    assert set(elf.closure([program], dict.fromkeys(names, empty))) == set(names)
    with pytest.raises(KeyError):
        elf.closure([program], {})


def test_text_is_no_program():
    assert elf.needed(b"#!/bin/sh\n") == []


def module_tree(folder: Path, **needs: str) -> Path:
    (folder / "kernel").mkdir(parents=True)
    for name, depends in needs.items():
        text = f"\0license=GPL\0alias=pci:{name}*\0alias=fs-{name}\0depends={depends}\0name={name}\0"
        (folder / "kernel" / f"{name}.ko").write_bytes(text.encode())
    (folder / "modules.builtin").write_text("kernel/fs/built-in-one.ko\n")
    return folder


def test_modules_come_after_what_they_need(tmp_path: Path):
    tree = module_tree(tmp_path, blk="virtio", virtio="ring,built_in_one", ring="")
    known, inside = modules.index(tree), modules.built_in(tree)
    assert modules.load_order(["blk", "ring"], known, inside) == ["ring", "virtio", "blk"]
    with pytest.raises(BuildError, match="no module gone"):
        modules.load_order(["gone"], known, inside)


def test_modprobe_gets_its_lists(tmp_path: Path):
    tree = module_tree(tmp_path, blk="virtio", virtio="ring", ring="")
    known = modules.index(tree)
    order = modules.load_order(["blk"], known, set())
    lines = modules.dep_file(order, known, tree).splitlines()
    assert lines[0] == "kernel/ring.ko:"
    assert lines[2] == "kernel/blk.ko: kernel/virtio.ko kernel/ring.ko"
    assert "alias pci:blk* blk\nalias fs-blk blk\n" in modules.alias_file(order, known)


def test_dependencies_are_read_from_apt():
    text = "linux-image-cloud-amd64\n  Depends: linux-image-6.1.0-56-cloud-amd64\n |Depends: debconf\n"
    text += "  PreDepends: libc6\n  Depends: <debconf-2.0>\n    cdebconf\n  Conflicts: other\n  Depends: libc6\n"
    assert packages.parse_depends(text) == ["linux-image-6.1.0-56-cloud-amd64", "debconf", "libc6"]


@pytest.mark.parametrize(
    ("package", "expected"),
    [("libc6", True), ("zlib1g", True), ("libperl5.36", False), ("libaudit-common", False), ("debconf", False)],
)
def test_only_libraries_are_followed(package: str, expected: bool):
    assert packages.is_library(package) is expected


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("bin/sh", "usr/bin/sh"),
        ("lib64/ld.so", "usr/lib64/ld.so"),
        ("usr/bin/sudo", "usr/bin/sudo"),
        ("linuxrc", "linuxrc"),
    ],
)
def test_folders_are_merged_into_usr(place: str, expected: str):
    assert merged(place) == expected


def test_owners_and_modes_are_written_for_an_ordinary_user(tmp_path: Path):
    (tmp_path / "tmp").mkdir()
    (tmp_path / "home").mkdir()
    rights = disk.Rights(owners={"home": 4321}, modes={"tmp": 0o1777}, capabilities={})
    commands = list(disk.ownership(tmp_path, rights))
    assert "set_inode_field /home uid 4321" in commands
    assert "set_inode_field /tmp mode 041777" in commands
    (tmp_path / "a name").mkdir()
    with pytest.raises(BuildError, match="blanks"):
        list(disk.ownership(tmp_path, rights))


def test_a_capability_is_the_kernels_attribute():
    assert disk.capability(contents.CAP_NET_RAW).hex() == "0100000200200000000000000000000000000000"


def test_zeros_stay_holes(tmp_path: Path):
    source, image = tmp_path / "source", tmp_path / "image"
    source.write_bytes(b"\0" * disk.MIB + b"x" * 10)
    image.write_bytes(b"y" * (2 * disk.MIB))
    disk.copy_sparse(source, image, 0)
    assert image.read_bytes()[: disk.MIB] == b"y" * disk.MIB
    assert image.read_bytes()[disk.MIB :].startswith(b"x" * 10 + b"y")


def test_a_fingerprint_knows_sources_versions_and_a_cut_file(tmp_path: Path):
    sources, output = tmp_path / "sources", tmp_path / "image.qcow2"
    (sources / "__pycache__").mkdir(parents=True)
    (sources / "a").write_text("one")
    first = fingerprint.of(sources, {"kernel": "1"})
    (sources / "__pycache__" / "a.pyc").write_text("compiled")
    assert fingerprint.of(sources, {"kernel": "1"}) == first
    assert fingerprint.of(sources, {"kernel": "2"}) != first
    assert not fingerprint.is_current(output, first)
    output.write_bytes(b"image")
    fingerprint.remember(output, first)
    assert fingerprint.is_current(output, first)
    (sources / "a").write_text("two")
    assert not fingerprint.is_current(output, fingerprint.of(sources, {"kernel": "1"}))
    output.write_bytes(b"im")
    assert not fingerprint.is_current(output, first)


def test_missing_tools_are_named_with_their_packages(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shutil, "which", lambda tool, path=None: None)
    with pytest.raises(
        BuildError, match=r"missing on this machine: sfdisk, as; as root: apt-get install binutils fdisk"
    ):
        need(["sfdisk", "as"])


def test_the_command_line_explains_a_failure(monkeypatch, tmp_path: Path, capsys):
    monkeypatch.setattr(shutil, "which", lambda tool, path=None: None)
    assert main(["build", "--output", str(tmp_path / "x"), "--work", str(tmp_path / "w")]) == 1
    assert "apt-get install" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_every_tool_has_a_package():
    assert all(package for package in TOOLS.values())


def test_grub_learns_where_its_core_is():
    sector, core = grub.place(b"\xeb" * 512, b"\0" * 2048, 2048)
    assert len(sector) == boot.BOOT_CODE
    assert struct.unpack_from("<Q", sector, 0x5C) == (2048,)
    assert sector[0x66:0x68] == b"\x90\x90"
    assert struct.unpack_from("<Q", core, 500) == (2049,)


def test_debian_is_made_from_the_machines_own_sources():
    entries = "bookworm bookworm /etc/apt/debian.sources:1\nbookworm-security bookworm-security /etc/apt/s.list:2\n"
    entries += "sid unstable /etc/apt/sid.list:1\nbookworm bookworm-updates /etc/apt/debian.sources:1\n"
    assert debian.sources(entries) == ["/etc/apt/debian.sources", "/etc/apt/s.list"]
    with pytest.raises(BuildError, match="no sources"):
        debian.sources("noble noble /etc/apt/ubuntu.sources:1\n")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: str(path.relative_to(GUEST)))
def test_guest_scripts_are_shell(script: Path):
    subprocess.run(["sh", "-n", str(script)], check=True)


def flatten(document: str) -> subprocess.CompletedProcess[str]:
    program = str(GUEST / "root/usr/lib/gureum/json.awk")
    return subprocess.run(["awk", "-f", program], input=document, capture_output=True, text=True)


def test_metadata_is_flattened_to_lines():
    done = flatten(
        '{"uuid": "a-b",\n "public_keys": {"my.key": "ssh-rsa AA\\/B= me@x\\n"}, "list": [1, {"deep": true}],'
        ' "none": null, "empty": {}, "also": [], "quote": "a\\"b\\\\c{,}", "tab": "x\\ty", "uni": "\\u00e9"}'
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "uuid\ta-b",
        "public_keys.my.key\tssh-rsa AA/B= me@x",
        "list.0\t1",
        "list.1.deep\ttrue",
        "none\tnull",
        'quote\ta"b\\c{,}',
        "tab\tx y",
        "uni\t?",
    ]


@pytest.mark.parametrize("broken", ["", "{", '{"a" 1}', '{"a": }', '["a" "b"]', '{"a": "b'])
def test_broken_metadata_is_noticed(broken: str):
    assert flatten(broken).returncode != 0
