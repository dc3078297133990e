import gzip
import hashlib
from pathlib import Path

from django.contrib.auth import password_validation
from django.core.management.base import BaseCommand

from shared_apps.signin.passwords import PREFIX, SHIPPED


class Command(BaseCommand):
    help = "Makes the shipped list of leaked passwords anew, from Django's and the words beside it."

    def handle(self, *args: object, **options: object) -> None:
        common = Path(password_validation.__file__).parent / "common-passwords.txt.gz"
        words = set(gzip.decompress(common.read_bytes()).decode().split("\n"))
        words |= set((SHIPPED.parent / "words.txt").read_text(encoding="utf-8").split("\n"))
        digests = {
            hashlib.sha1(word.strip().encode(), usedforsecurity=False).digest()[:PREFIX]
            for word in words
            if word.strip()
        }
        SHIPPED.write_bytes(b"".join(sorted(digests)))
        self.stdout.write(f"{len(digests)} passwords, {len(digests) * PREFIX} bytes")
