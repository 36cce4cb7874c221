# Reads commands of aws-cli, one JSON list of arguments a line, and prints what aws-cli finds wrong with each, an empty
# line where nothing: its own parser with its own models, in one process and without a call.
import contextlib
import io
import json
import sys

from awscli.clidriver import create_clidriver
from awscli.customizations.commands import BasicCommand


# Commands like `logs tail` have no single call to leave out.
def never_run(command):
    for one in command.__subclasses__():
        if "_run_main" in vars(one):
            one._run_main = lambda *_: 0
        never_run(one)


drivers = {}


# One for each service, but for operations whose checks would stay on and meet the service's others.
def driver_of(service, operation):
    kind = (service, operation == "modify-vpc-attribute")
    if kind not in drivers:
        drivers[kind] = create_clidriver()
        drivers[kind].session.register("calling-command", lambda **_: 0)
        never_run(BasicCommand)
    return drivers[kind]


for line in sys.stdin:
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        try:
            arguments = json.loads(line)
            code = driver_of(*arguments[:2]).main(arguments)
        except SystemExit as end:
            code = end.code
    text = " ".join(said.getvalue().split())
    print(text[-300:] or f"ended with {code}" if code else "", flush=True)
