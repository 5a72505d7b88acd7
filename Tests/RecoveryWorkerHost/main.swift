// What every program that makes a `RecoveryRunner` does first: be the worker if asked to.
import Glibc
import RecoveryRunner

exit(RecoveryWorker.main(arguments: CommandLine.arguments))
