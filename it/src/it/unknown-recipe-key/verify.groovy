String log = new File(basedir, 'build.log').text
assert log.contains("sources.yaml:4): unknown key 'origin'")
assert log.contains('origins')
assert !log.contains('\tat ') : 'a mistake of the user is no stack trace'
assert !new File(basedir, 'target/fetch.json').exists()
