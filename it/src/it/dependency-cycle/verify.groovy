String log = new File(basedir, 'build.log').text
assert log =~ /egg.*hen|hen.*egg/
assert log.contains('egg.yaml') || log.contains('hen.yaml')
assert !log.contains('\tat ') : 'a mistake of the user is no stack trace'
assert !new File(basedir, 'target/packages.json').exists()
