String log = new File(basedir, 'build.log').text
assert log.contains('musl-1.2.5.tar.gz')
assert log.contains('weak')
assert !log.contains('\tat ') : 'a mistake of the user is no stack trace'
