"""The kernel: serves any imported contract by the rules of TMF630; `kernel.Kernel` is the app, `room.Room` the seam."""
