context.get('server').stop(0)
String log = new File(basedir, 'build.log').text
assert log.contains('hello 1.0: version 1.1 in http://127.0.0.1:')
assert log.contains('there are newer ones, listed in ')
assert new File(basedir, 'target/outdated.json').text.contains('"evidence" : "none"')
// What nobody vouches for is not pinned.
assert log.contains('the new digest of hello-1.1.tar.gz cannot be verified')
assert new File(basedir, 'sources.yaml').text == context.get('before')
assert !log.contains('\tat ') : 'a refusal is no stack trace'
