"""The two sides of a cell: the command `jeton`, and a library behind its driver."""

import json
import os
import subprocess

ISSUER, AUDIENCE = "https://issuer.example", "api"


class Absent(Exception):
    """There is no such algorithm, or keys in that form aren't read."""


class Refused(Exception):
    """The token is refused."""


class Driver:
    """A process that answers for the libraries of one ecosystem."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def ask(self, **request):
        print(json.dumps(request), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.process.args}: it ended at {request}")
        answer = json.loads(line)
        if "absent" in answer:
            raise Absent(answer["absent"])
        if "refused" in answer:
            raise Refused(answer["refused"])
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Peer:
    """A library."""

    def __init__(self, driver, name, version):
        self.driver, self.name, self.version = driver, name, version

    def ask(self, do, **request):
        return self.driver.ask(do=do, peer=self.name, **request)

    def generate(self, algorithm):
        made = self.ask("generate", algorithm=algorithm)
        return made["private"], made["public"]

    def mint(self, algorithm, form, key, kid, claims):
        return self.ask("mint", algorithm=algorithm, form=form, key=key, kid=kid, claims=claims)["token"]

    def verify(self, algorithm, form, key, token):
        expected = {"issuer": ISSUER, "audience": AUDIENCE}
        return self.ask("verify", algorithm=algorithm, form=form, key=key, token=token, **expected)["claims"]


class Jeton:
    """jeton, through its command."""

    def __init__(self, command, folder):
        self.command, self.folder = command, folder

    def run(self, *arguments):
        done = subprocess.run([self.command, *arguments], capture_output=True, text=True, encoding="utf-8")
        if done.returncode == 1 and arguments[0] == "verify":
            raise Refused(json.loads(done.stderr)["status"])
        if done.returncode != 0:
            raise RuntimeError(json.loads(done.stderr)["message"])
        return done.stdout

    def kept(self, text):
        """The name of a file that holds a key."""
        path = os.path.join(self.folder, "key")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def key(self, algorithm, form, text):
        flag = "--secret-file" if form == "secret" else "--keys"
        return [flag, self.kept(text), "--algorithm", algorithm]

    def generate(self, algorithm):
        private = self.run("keys", "generate", "--algorithm", algorithm)
        public = private
        if not algorithm.startswith("HS"):
            public = self.run("keys", "public", self.kept(private))
        return (json.dumps(json.loads(keys)["keys"][0]) for keys in (private, public))

    def mint(self, algorithm, form, key, kid, claims):
        own = {name: claims[name] for name in claims if name not in ("iss", "aud", "iat", "exp")}
        options = {
            "issuer": claims["iss"],
            "audience": claims["aud"],
            "lifetime": claims["exp"] - claims["iat"],
            "id": None,
        }
        return self.run(
            "mint", *self.key(algorithm, form, key), "--options", json.dumps(options),
            "--claims", json.dumps(own), "--now", str(claims["iat"]),
        ).strip()  # fmt: skip

    def verify(self, algorithm, form, key, token):
        options = json.dumps({"issuer": ISSUER, "audience": AUDIENCE, "algorithms": [algorithm]})
        return json.loads(self.run("verify", *self.key(algorithm, form, key), "--options", options, token))
