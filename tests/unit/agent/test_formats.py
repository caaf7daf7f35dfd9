"""What a file is, by hand-made headers; and that no file whatever breaks the inspector."""

import io
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gureum.agent.formats import inspect, inspect_file, window
from gureum.agent.formats.hyperv import _DISK_SIZE, _METADATA, _PARAMETERS
from gureum.contracts.images import ImageFacts

MIB = 1024 * 1024
SIZE = 64 * MIB


def look(content: bytes, declared: str = "") -> ImageFacts:
    return inspect(io.BytesIO(content), len(content), declared)


def qcow2(version: int = 3, backing: int = 0, features: int = 0, encryption: int = 0, cluster_bits: int = 16) -> bytes:
    head = struct.pack(">4sIQIIQI", b"QFI\xfb", version, backing, 0, cluster_bits, SIZE, encryption)
    return head.ljust(72, b"\0") + struct.pack(">Q", features) + bytes(1024)


def descriptor(kind: str = "monolithicSparse", extents: str = "", more: str = "") -> str:
    extents = extents or f'RW {SIZE // 512} SPARSE "disk.vmdk"'
    return f'# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\n{more}createType="{kind}"\n{extents}\n'


def vmdk(text: str, *, offset: int = 1, length: int = 20, capacity: int = SIZE // 512, directory: int = 0) -> bytes:
    head = struct.pack("<4sIIQQQQIQQ", b"KDMV", 1, 3, capacity, 128, offset, length, 512, 0, directory)
    return head.ljust(512, b"\0") + text.encode().ljust(30 * 512, b"\0")


def vdi(kind: int = 1) -> bytes:
    content = bytearray(1024)
    content[0x40:0x44] = b"\x7f\x10\xda\xbe"
    struct.pack_into("<I", content, 0x4C, kind)
    struct.pack_into("<Q", content, 0x170, SIZE)
    return bytes(content)


def vhd(kind: int = 3) -> bytes:
    footer = bytearray(512)
    footer[:8] = b"conectix"
    struct.pack_into(">Q", footer, 48, SIZE)
    struct.pack_into(">I", footer, 60, kind)
    struct.pack_into(">I", footer, 64, ~sum(footer) & 0xFFFFFFFF)
    return bytes(footer)


def vhdx(flags: int = 0) -> bytes:
    content = bytearray(2 * MIB)
    content[:8] = b"vhdxfile"
    struct.pack_into("<4sIII", content, 192 * 1024, b"regi", 0, 1, 0)
    content[192 * 1024 + 16 : 192 * 1024 + 48] = _METADATA + struct.pack("<QII", MIB, MIB, 1)
    struct.pack_into("<8sHH", content, MIB, b"metadata", 0, 2)
    for index, (item, offset) in enumerate(((_DISK_SIZE, 65536), (_PARAMETERS, 65544))):
        start = MIB + 32 + 32 * index
        content[start : start + 32] = item + struct.pack("<IIII", offset, 8, 0, 0)
    struct.pack_into("<Q", content, MIB + 65536, SIZE)
    struct.pack_into("<II", content, MIB + 65544, 1 << 20, flags)
    return bytes(content)


def iso() -> bytes:
    content = bytearray(40 * 1024)
    content[32768:32775] = b"\x01CD001\x01"
    struct.pack_into("<I", content, 32768 + 80, SIZE // 2048)
    struct.pack_into("<H", content, 32768 + 128, 2048)
    return bytes(content)


def luks() -> bytes:
    return b"LUKS\xba\xbe\x00\x01".ljust(104, b"\0") + struct.pack(">I", 8) + bytes(8192 - 108)


def gpt() -> bytes:
    content = bytearray(8192)
    content[450] = 0xEE
    content[510:512] = b"\x55\xaa"
    content[512:520] = b"EFI PART"
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "format", "size"),
    [
        (b"", "raw", 0),
        (b"hello", "raw", 5),
        (gpt(), "raw", 8192),
        (qcow2(), "qcow2", SIZE),
        (qcow2(version=2), "qcow2", SIZE),
        (vmdk(descriptor()), "vmdk", SIZE),
        (vmdk(descriptor("streamOptimized")), "vmdk", SIZE),
        (vdi(), "vdi", SIZE),
        (vhd(), "vhd", SIZE),
        (bytes(8192) + vhd(2), "vhd", SIZE),
        (vhdx(), "vhdx", SIZE),
        (iso(), "iso", SIZE),
        (luks(), "luks", 8192 - 8 * 512),
    ],
)
def test_good_images(content: bytes, format: str, size: int) -> None:
    assert look(content, format) == ImageFacts(format=format, virtual_size=size)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (qcow2(backing=512), "backing file"),
        (qcow2(features=4), "another file"),
        (qcow2(features=2), "corrupt"),
        (qcow2(features=1 << 40), "features"),
        (qcow2(encryption=2), "encrypted"),
        (qcow2(cluster_bits=40), "no sense"),
        (qcow2(version=9), "version 9"),
        (qcow2()[:20], "ends inside"),
        (b"QED\0" + bytes(512), "qed"),
        (descriptor("monolithicFlat", 'RW 1 FLAT "/etc/shadow" 0').encode(), "other files"),
        (vmdk(descriptor("monolithicFlat", 'RW 1 FLAT "/etc/shadow" 0')), "monolithicFlat"),
        (vmdk(descriptor(extents='RW 131072 FLAT "/etc/shadow" 0')), "other files"),
        (vmdk(descriptor(extents='RW 131072 SPARSE "/etc/shadow"')), "other files"),
        (vmdk(descriptor(extents='RW 1 SPARSE "a"\nRW 2 SPARSE "b"')), "other files"),
        (vmdk(descriptor(more='x parentFileNameHint="/etc/shadow"\n')), "parent"),
        (vmdk(descriptor() + " " * 600 + 'parentFileNameHint="/etc/shadow"', length=1), "parent"),
        (vmdk(descriptor(), offset=8), "no sense"),
        (vmdk(descriptor(), capacity=0), "no sense"),
        (vmdk(descriptor(), directory=(1 << 64) - 1), "no sense"),
        (vmdk(descriptor(extents='RW 12 SPARSE "a"')), "differ"),
        (vmdk(""), "unknown"),
        (vdi(4), "parent"),
        (vhd(4), "parent"),
        (vhdx(2), "parent"),
        (vhdx()[: MIB + 10], "metadata"),
        (b"vhdxfile", "ends inside"),
        (iso()[: 32768 + 40], "ends inside"),
        (b"LUKS\xba\xbe\x00\x09", "version 9"),
        (qcow2().ljust(32768, b"\0") + iso()[32768:], "several formats: qcow2, iso"),
    ],
)
def test_images_that_must_not_be_used(content: bytes, word: str) -> None:
    assert word in look(content).fault


def test_declared_and_found_must_agree() -> None:
    fault = "Image content is {} and does not match the declared disk format {}."
    assert look(qcow2(), "raw").fault == fault.format("qcow2", "raw")
    assert look(bytes(512), "qcow2").fault == fault.format("raw", "qcow2")
    assert look(vhd(), "vpc").fault == ""
    assert [look(gpt(), declared).fault for declared in ("raw", "ami", "ari", "aki", "")] == [""] * 5


def test_only_regular_files(tmp_path) -> None:
    (tmp_path / "image").write_bytes(qcow2())
    (tmp_path / "link").symlink_to("image")
    assert inspect_file(tmp_path / "image", "qcow2").fault == ""
    for path in (tmp_path, tmp_path / "link", tmp_path / "none"):
        with pytest.raises(OSError):
            inspect_file(path, "raw")


class Counting(io.BytesIO):
    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        content = super().read(size)
        self.taken += len(content)
        return content


SEEDS = [qcow2(), vmdk(descriptor()), vdi(), vhd(), vhdx(), iso(), luks(), gpt()]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 2 * MIB), st.binary(min_size=1, max_size=16))), st.data()
)
def test_no_content_breaks_it(seed: bytes, patches: list[tuple[int, bytes]], draw: st.DataObject) -> None:
    content = bytearray(seed)
    for offset, patch in patches:
        start = offset % len(content)
        content[start : start + len(patch)] = patch
    file = Counting(bytes(content[: draw.draw(st.integers(0, len(content)))]))
    facts = inspect(file, len(file.getvalue()), "raw")
    assert 0 <= facts.virtual_size <= window.MAX_SIZE
    assert file.taken <= window.BUDGET


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([seed[:8] for seed in SEEDS] + [b"vhdxfile", b"# Disk DescriptorFile"]), st.binary(max_size=2048)
)
def test_no_garbage_breaks_it(magic: bytes, garbage: bytes) -> None:
    look(magic + garbage, "qcow2")
