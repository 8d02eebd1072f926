import stat
import threading
from pathlib import Path

import pytest

from config.secret_key import FILE, Keyring, Unsealable, _kept, keys_of
from config.settings import load

KEY = "k" * 40


def test_one_is_made_at_first_use_for_this_user_alone_and_stays(tmp_path):
    settings = load({"PATROL_VAR": str(tmp_path / "var")})
    sealed = keys_of(settings).seal("secret")
    path = tmp_path / "var" / FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_text()) >= 32
    assert Keyring(path.read_text()).unseal(sealed) == "secret"
    assert [file.name for file in path.parent.iterdir()] == [FILE]


def test_of_several_who_need_it_first_at_once_all_get_the_same(tmp_path):
    together, found = threading.Barrier(8), []

    def need():
        together.wait()
        found.append(_kept(tmp_path / FILE))

    threads = [threading.Thread(target=need) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert [file.name for file in tmp_path.iterdir()] == [FILE]


def test_the_setting_wins_and_nothing_is_written(tmp_path):
    settings = load({"PATROL_VAR": str(tmp_path), "PATROL_SECRET_KEY": KEY})
    assert keys_of(settings).unseal(Keyring(KEY).seal("x")) == "x"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_an_error_that_a_command_explains():
    with pytest.raises(OSError, match="Not a directory"):
        _kept(Path(__file__) / "var" / FILE)


def test_a_digest_needs_the_key_and_is_of_its_purpose_and_parts_alone():
    keys = Keyring(KEY)
    digests = {
        keys.digest("code", "1", "123456"),
        keys.digest("code", "1123456"),
        keys.digest("recovery", "1", "123456"),
        Keyring("other" * 8).digest("code", "1", "123456"),
    }
    assert len(digests) == 4
    assert keys.digest("code", "1", "123456") in digests


@pytest.mark.parametrize("sealed", ["", "nonsense", Keyring("other" * 8).seal("x")], ids=["none", "nonsense", "other"])
def test_what_another_key_sealed_is_said_to_be(sealed):
    with pytest.raises(Unsealable, match="PATROL_SECRET_KEY"):
        Keyring(KEY).unseal(sealed)
