from config.database import connect, connection, disconnect


def test_the_folder_that_is_made_for_the_database_is_its_users_alone(tmp_path):
    connect(f"sqlite:///{tmp_path / 'var' / 'patrol.db'}")
    with connection():
        assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700
    disconnect()


def test_a_folder_that_is_there_stays_as_it_is(tmp_path):
    tmp_path.chmod(0o755)
    connect(f"sqlite:///{tmp_path / 'patrol.db'}")
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    disconnect()
