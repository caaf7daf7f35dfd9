"""The dialects in which OpenStack's services refuse."""

from gureum.kernel.http.dialects.cinder import Cinder
from gureum.kernel.http.dialects.glance import Glance
from gureum.kernel.http.dialects.keystone import Keystone
from gureum.kernel.http.dialects.neutron import Neutron
from gureum.kernel.http.dialects.nova import Nova
from gureum.kernel.http.dialects.placement import Placement

__all__ = ["Cinder", "Glance", "Keystone", "Neutron", "Nova", "Placement"]
