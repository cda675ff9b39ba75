String log = new File(basedir, 'build.log').text
[
  'prosody-fetch:sources': 'fetch',
  'prosody-verify:sources': 'verify',
  'prosody-compile:packages': 'compile',
  'alpine-rootfs:layers': 'rootfs',
  'image-assemble:archive': 'archive',
  'image-assemble:push': 'push',
  'image-evidence:sbom': 'sbom',
  'image-evidence:provenance': 'provenance',
  'image-evidence:page': 'page',
  'image-evidence:sources': 'sources',
  'image-evidence:attach': 'attach',
  'image-evidence:verify': 'verifyImage',
].each { goal, flag ->
  assert log.contains('Skipping ' + goal + ' (prosodyoci.skip)')
  assert log.contains('Skipping ' + goal + ' (prosodyoci.' + flag + '.skip)')
}
assert !new File(basedir, 'target').exists()
assert !log.contains('\tat ')
