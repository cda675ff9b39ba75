context.get('server').stop(0)
String log = new File(basedir, 'build.log').text
// The first build asked once; the second found the file in the store, and verified it again.
assert context.get('asked').get() == 1
assert log.contains('of which fetched now: 1 (6 B)')
assert log.contains('of which fetched now: 0 (0 B)')
assert log.count('1 source files verified') == 2
// The third has an empty store.
assert log.contains('Could not fetch hello.txt: not in the store')
assert log.contains('and the build is offline (offline)')
assert !log.contains('\tat ') : 'a refusal is no stack trace'
