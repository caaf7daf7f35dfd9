"""Long operations on servers, one a file."""

from gureum.compute.flows.boot_server import BootServer
from gureum.compute.flows.delete_server import DeleteServer
from gureum.compute.flows.discard_guest import DiscardGuest, Unplug
from gureum.compute.flows.follow_guest import FollowGuest
from gureum.compute.flows.pause_server import PauseServer
from gureum.compute.flows.plug_interfaces import PlugInterfaces
from gureum.compute.flows.plug_volumes import PlugVolumes
from gureum.compute.flows.reboot_server import RebootServer
from gureum.compute.flows.rebuild_server import RebuildServer
from gureum.compute.flows.restore_server import RestoreServer
from gureum.compute.flows.resume_server import ResumeServer
from gureum.compute.flows.snapshot_server import SnapshotServer
from gureum.compute.flows.start_server import StartServer
from gureum.compute.flows.stop_server import StopServer
from gureum.compute.flows.suspend_server import SuspendServer
from gureum.compute.flows.unpause_server import UnpauseServer

__all__ = [
    "BootServer",
    "DeleteServer",
    "DiscardGuest",
    "FollowGuest",
    "PauseServer",
    "PlugInterfaces",
    "PlugVolumes",
    "RebootServer",
    "RebuildServer",
    "RestoreServer",
    "ResumeServer",
    "SnapshotServer",
    "StartServer",
    "StopServer",
    "SuspendServer",
    "UnpauseServer",
    "Unplug",
]
