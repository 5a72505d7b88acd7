#ifdef __cplusplus
extern "C" {
#endif
// Stores the number of records.
void publish(unsigned long *count, unsigned long value);
#ifdef __cplusplus
}
#endif
