/*
 * selfsigned.generate(common_name, {dns_name, ...}, days) -> certificate, key (both PEM)
 *
 * A self-signed certificate (RFC 5280) with a new P-256 key, valid from an hour ago, for TLS servers and clients alike, since
 * XMPP servers are both. Raises an error if libcrypto refuses.
 */
#include <lauxlib.h>
#include <lua.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>

static int set_serial(X509 *certificate) {
  unsigned char bytes[16];
  if (RAND_bytes(bytes, sizeof bytes) != 1) {
    return 0;
  }
  bytes[0] = (bytes[0] & 0x7f) | 0x40; /* positive, and always of the same length */
  BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
  int ok = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
  BN_free(number);
  return ok;
}

/* Stack of Lua: the names as a table at index 2. */
static int set_names(lua_State *L, X509 *certificate) {
  GENERAL_NAMES *names = GENERAL_NAMES_new();
  int ok = names != NULL;
  for (lua_Integer i = 1, n = luaL_len(L, 2); ok && i <= n; i++) {
    lua_rawgeti(L, 2, i);
    const char *text = lua_tostring(L, -1);
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_IA5STRING *string = ASN1_IA5STRING_new();
    ok = text && name && string && ASN1_STRING_set(string, text, -1);
    if (ok) {
      GENERAL_NAME_set0_value(name, GEN_DNS, string);
      ok = sk_GENERAL_NAME_push(names, name) > 0;
    }
    lua_pop(L, 1);
  }
  ok = ok && X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT);
  GENERAL_NAMES_free(names);
  return ok;
}

static int set_extension(X509 *certificate, int nid, const char *value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
  int ok = extension && X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  return ok;
}

static int fill(lua_State *L, X509 *certificate, EVP_PKEY *key, const char *common_name, long days) {
  X509_NAME *subject = X509_get_subject_name(certificate);
  /* RFC 5280 allows 64 characters here; clients look at the names of set_names() only. */
  return X509_set_version(certificate, X509_VERSION_3) && set_serial(certificate) &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) &&
         X509_time_adj_ex(X509_getm_notAfter(certificate), days, 0, NULL) && X509_set_pubkey(certificate, key) &&
         (strlen(common_name) > 64 ||
          X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)common_name, -1, -1, 0)) &&
         X509_set_issuer_name(certificate, subject) && set_names(L, certificate) &&
         set_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
         set_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
         set_extension(certificate, NID_ext_key_usage, "serverAuth,clientAuth") &&
         X509_sign(certificate, key, EVP_sha256());
}

static void push(lua_State *L, BIO *text) {
  char *data;
  long size = BIO_get_mem_data(text, &data);
  lua_pushlstring(L, data, (size_t)size);
}

static int generate(lua_State *L) {
  const char *common_name = luaL_checkstring(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  long days = (long)luaL_checkinteger(L, 3);

  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509 *certificate = X509_new();
  BIO *certificate_text = BIO_new(BIO_s_mem());
  BIO *key_text = BIO_new(BIO_s_mem());
  int ok = key && certificate && certificate_text && key_text && fill(L, certificate, key, common_name, days) &&
           PEM_write_bio_X509(certificate_text, certificate) &&
           PEM_write_bio_PKCS8PrivateKey(key_text, key, NULL, NULL, 0, NULL, NULL);
  if (ok) {
    push(L, certificate_text);
    push(L, key_text);
  }
  BIO_free(key_text);
  BIO_free(certificate_text);
  X509_free(certificate);
  EVP_PKEY_free(key);
  if (!ok) {
    char reason[256];
    ERR_error_string_n(ERR_get_error(), reason, sizeof reason);
    return luaL_error(L, "could not make a certificate for %s: %s", common_name, reason);
  }
  return 2;
}

int luaopen_selfsigned(lua_State *L) {
  lua_newtable(L);
  lua_pushcfunction(L, generate);
  lua_setfield(L, -2, "generate");
  return 1;
}
