exports.handler = async () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('FROM_')));
