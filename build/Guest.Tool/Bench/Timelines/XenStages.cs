using System.Collections.Generic;
using System.Linq;

namespace Guest.Tool.Bench.Timelines;

/// <summary>What Xen's functions do.</summary>
internal static class XenStages
{
    /// <summary>The processor is given to another domain, or to nobody.</summary>
    public const string Switch = "switches the processor";

    private const string Entry = "entry";
    private const string Exit = "entry (SVM)";
    private const string Interrupt = "interrupt";
    private const string Emulation = "emulates an instruction";
    private const string Decoding = "decodes the instruction";

    // Xen's public/xen.h, __HYPERVISOR_*.
    private static readonly (string Name, int Number)[] s_hypercalls =
    [
        ("mmu_update", 1), ("stack_switch", 3), ("fpu_taskswitch", 5), ("memory_op", 12), ("multicall", 13), ("update_va_mapping", 14),
        ("set_timer_op", 15), ("xen_version", 17), ("console_io", 18), ("grant_table_op", 20), ("iret", 23), ("vcpu_op", 24),
        ("set_segment_base", 25), ("mmuext_op", 26), ("sched_op", 29), ("event_channel_op", 32), ("physdev_op", 33), ("hvm_op", 34),
    ];

    /// <summary>The table.</summary>
    public static StageTable Table { get; } = new(
    [
        .. s_hypercalls.Select(call => Row("do_" + call.Name, $"{call.Name} (hypercall {call.Number})")),
        // The stubs of SYSCALL lie behind everything that has a name.
        Row("__2M_rwdata_end", Entry), Row("lstar_enter", Entry), Row("pv_hypercall", Entry), Row("hvm_hypercall", Entry),
        Row("svm_stgi_label", Exit), Row("svm_vmexit_handler", Exit),
        Row("svm_get_insn_len", Decoding), Row("hvm_emulate_init_once", Decoding),
        Row("autogen_stubs", Interrupt), Row("common_interrupt", Interrupt), Row("do_IRQ", Interrupt),
        Row("general_protection", Emulation), Row("do_general_protection", Emulation),
        Row("vcpu_wake", "wakes a domain"),
        Row("schedule", "scheduler"),
        Row("sched_context_switch", Switch), Row("context_switch", Switch), Row("sched_context_switched", Switch),
        Row("timer_softirq_action", "timers"),
        Row("create_bounce_frame", "upcall"),
        Row("idle_loop", "idle"),
    ]);

    private static (string Pattern, Stage Stage) Row(string function, string what) => (function, new Stage(what));
}
