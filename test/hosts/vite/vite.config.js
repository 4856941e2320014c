export default {
  optimizeDeps: { exclude: ['backfold'] },
}
