String log = new File(basedir, 'build.log').text
// Each origin with its answer, what was expected and what was found.
assert log.contains('Could not fetch hello.txt')
assert log.contains('absent.txt answered: there is no file')
assert log.contains('expected sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03')
assert log.contains('found sha256:a19f791db9ae883206cbcf93a164a1a1b6166e8414cc669e3ad446f817d9bfd1')
assert !log.contains('\tat ') : 'a mistake of the user is no stack trace'
assert !new File(basedir, 'target/fetch.json').exists()
