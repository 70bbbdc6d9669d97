'use strict';
// AWS SDK for JavaScript v2 does not read AWS_ENDPOINT_URL; frameworks built on it get it from here.
const endpoint = process.env.AWS_ENDPOINT_URL;
if (endpoint) {
  const Module = require('module');
  const load = Module._load;
  const patched = new WeakSet();
  Module._load = function (name, ...rest) {
    const found = load.call(this, name, ...rest);
    const isSdk = /(^|[\\/])aws-sdk([\\/]|$)/.test(name);
    if (isSdk && found && found.config && typeof found.config.update === 'function' && !patched.has(found)) {
      patched.add(found);
      found.config.update({ endpoint, s3ForcePathStyle: true });
    }
    return found;
  };
}
