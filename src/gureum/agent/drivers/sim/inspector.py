"""The inspector needs no machine: the simulator looks at real bytes."""

from pathlib import Path

from gureum.agent import formats
from gureum.agent.drivers.protocols import DriverFault
from gureum.contracts import images


class FileInspector:
    """Reads the file of the question, bounded, as `formats` does."""

    def inspect(self, question: images.InspectImage) -> images.ImageFacts:
        try:
            return formats.inspect_file(Path(question.path), question.declared)
        except OSError as error:
            raise DriverFault("The image's bytes cannot be read.", str(error), again=True) from error
