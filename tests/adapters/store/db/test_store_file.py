"""A store whose file is deleted or replaced while it is open takes no more writes, and says so."""

import shutil

import pytest
from sqlalchemy import text

from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.db.errors import StoreError


def use(store):
    with store.writing() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS x (y)"))


def delete(file):
    file.unlink()


def delete_the_folder(file):
    shutil.rmtree(file.parent)


def replace(file):
    copy = file.with_name("copy.db")
    shutil.copy(file, copy)
    copy.rename(file)


def move(file):
    file.parent.rename(file.parent.with_name("elsewhere"))


LOSSES = pytest.mark.parametrize("lose", [delete, delete_the_folder, replace, move])


@pytest.fixture
def file(tmp_path):
    return tmp_path / "state" / "journal.db"


@pytest.fixture
def store(file):
    opened = open_store(file)
    yield opened
    opened.close()


@LOSSES
def test_a_file_that_is_gone_is_noticed_before_the_next_write(lose, store, file):
    use(store)
    lose(file)
    with pytest.raises(StoreError, match="deleted or replaced"):
        use(store)


@LOSSES
def test_a_write_into_a_file_that_was_deleted_does_not_count(lose, store, file):
    def write_and_lose():
        with store.writing() as connection:
            connection.execute(text("CREATE TABLE z (y)"))
            lose(file)

    with pytest.raises(StoreError, match="deleted or replaced"):
        write_and_lose()
