import groovy.json.JsonSlurper

String log = new File(basedir, 'build.log').text
assert log.contains('Using the MultiThreadedBuilder implementation with a thread count of 4')
def image = ['a', 'b'].collectEntries {
  def report = new File(basedir, it + '/target/image.json')
  [it, new JsonSlurper().parse(report)]
}
// Nothing of one module got into the other: all but the names is the same.
assert image.a.layers*.digest == image.b.layers*.digest
assert image.a.name != image.b.name
['a', 'b'].each { assert new File(basedir, it + '/target/' + image[it].archive).isFile() }
// Both built the package, with one cache, and got the same.
def packages = ['a', 'b'].collect {
  new JsonSlurper().parse(new File(basedir, it + '/target/packages.json')).recipes[0].packages[0].content
}
assert packages[0] == packages[1]
assert !log.contains('\tat ')
assert !log.contains('not marked as @threadSafe')
assert !log.contains('not marked as thread-safe')
