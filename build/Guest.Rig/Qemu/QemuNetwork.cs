namespace Guest.Rig.Qemu;

/// <summary>What a guest's NIC is connected to.</summary>
public abstract record QemuNetwork
{
    /// <summary>The value of QEMU's <c>-netdev</c>.</summary>
    public abstract string ToNetdev(string id);

    /// <summary>QEMU's own user-mode network (DHCP, NAT); needs no rights.</summary>
    /// <param name="HostPort">The port on the host's loopback that is to lead to <paramref name="GuestPort"/> if it is free: see
    /// <see cref="HostPorts.Forward"/>.</param>
    /// <param name="GuestPort">The guest's port.</param>
    public sealed record User(int HostPort, int GuestPort) : QemuNetwork
    {
        /// <summary>Whether they are TCP's; else UDP's.</summary>
        public bool IsTcp { get; init; }

        /// <inheritdoc/>
        public override string ToNetdev(string id) => $"user,id={id}";
    }

    /// <summary>An existing tap device.</summary>
    /// <param name="Interface">Its name.</param>
    public sealed record Tap(string Interface) : QemuNetwork
    {
        /// <summary>Whether the host's kernel (vhost-net) moves the packets, instead of QEMU; only for a virtio NIC.</summary>
        public bool ServedByKernel { get; init; }

        /// <summary>Whether the host's kernel and the NIC leave checksums and segments to one another: captures then show them unfinished.</summary>
        public bool HasOffloads { get; init; } = true;

        /// <inheritdoc/>
        public override string ToNetdev(string id) =>
            $"tap,id={id},ifname={QemuOption.Escape(Interface)},script=no,downscript=no" + (HasOffloads ? "" : ",vnet_hdr=off") + (ServedByKernel ? ",vhost=on" : "");
    }

    /// <summary>Frames as UDP datagrams on the host's loopback.</summary>
    /// <param name="Port">The port that QEMU has.</param>
    /// <param name="RemotePort">The port of whoever has the other end.</param>
    public sealed record Datagrams(int Port, int RemotePort) : QemuNetwork
    {
        /// <inheritdoc/>
        public override string ToNetdev(string id) =>
            $"dgram,id={id},local.type=inet,local.host=127.0.0.1,local.port={Port},remote.type=inet,remote.host=127.0.0.1,remote.port={RemotePort}";
    }
}
