// Preloaded (`node --require`) into a forked program that is not ours: it ends when the process that forked it is gone.
process.on('disconnect', () => process.exit());
