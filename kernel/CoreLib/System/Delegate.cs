namespace System;

/// <summary>The base of all delegates: a function and the object on which to call it. ilc calls the <c>Initialize</c> methods where a
/// delegate is made.</summary>
public abstract partial class Delegate
{
    // ilc's names and order (System.Delegate of NativeAOT): thunks read these fields.
    private object? _firstParameter;
    private object? _helperObject;
    private nint _extraFunctionPointerOrData;
    private nint _functionPointer;

    /// <summary>The kinds of code that ilc makes for a delegate type; the argument of <see cref="GetThunk"/>.</summary>
    private protected const int MulticastThunk = 0;
    private protected const int ClosedStaticThunk = 1;
    private protected const int OpenStaticThunk = 2;
    private protected const int ClosedInstanceThunkOverGenericMethod = 3;
    private protected const int OpenInstanceThunk = 4;
    private protected const int ObjectArrayThunk = 5;

    public object? Target
    {
        get
        {
            Delegate last = this;
            if (_functionPointer == GetThunk(MulticastThunk))
                last = ((Wrapper[])_helperObject!)[_extraFunctionPointerOrData - 1].Value;
            if (last._functionPointer == last.GetThunk(ClosedStaticThunk)
                || last._functionPointer == last.GetThunk(ClosedInstanceThunkOverGenericMethod))
                return last._helperObject;
            return ReferenceEquals(last._firstParameter, last) ? null : last._firstParameter;
        }
    }

    /// <summary>Overridden by ilc in every delegate type.</summary>
    private protected virtual nint GetThunk(int whichThunk) => 0;

    private void InitializeClosedInstance(object firstParameter, nint functionPointer)
    {
        if (firstParameter is null)
            throw new ArgumentException("A delegate to an instance method needs an instance.");
        _functionPointer = functionPointer;
        _firstParameter = firstParameter;
    }

    private void InitializeClosedInstanceWithoutNullCheck(object firstParameter, nint functionPointer)
    {
        _functionPointer = functionPointer;
        _firstParameter = firstParameter;
    }

    /// <summary>For a method of a generic class that shares its code: bit 1 marks a pointer to the code and its type argument.</summary>
    private unsafe void InitializeClosedInstanceSlow(object firstParameter, nint functionPointer)
    {
        if ((functionPointer & 2) == 0)
        {
            InitializeClosedInstance(firstParameter, functionPointer);
            return;
        }

        if (firstParameter is null)
            throw new ArgumentException("A delegate to an instance method needs an instance.");
        _helperObject = firstParameter;
        _extraFunctionPointerOrData = functionPointer;
        _firstParameter = this;
        _functionPointer = GetThunk(ClosedInstanceThunkOverGenericMethod);
    }

    private void InitializeClosedInstanceToInterface(object firstParameter, nint dispatchCell)
    {
        if (firstParameter is null)
            throw new ArgumentException("A delegate to an instance method needs an instance.");
        _functionPointer = System.Runtime.InterfaceDispatch.Resolve(firstParameter, dispatchCell);
        _firstParameter = firstParameter;
    }

    private void InitializeClosedInstanceWithGVMResolution(object firstParameter, RuntimeMethodHandle tokenOfGenericVirtualMethod) =>
        throw new NotSupportedException("generic virtual methods do not exist in the kernel");

    private void InitializeClosedStaticThunk(object? firstParameter, nint functionPointer, nint functionPointerThunk)
    {
        _extraFunctionPointerOrData = functionPointer;
        _helperObject = firstParameter;
        _functionPointer = functionPointerThunk;
        _firstParameter = this;
    }

    private void InitializeOpenStaticThunk(object? firstParameter, nint functionPointer, nint functionPointerThunk)
    {
        _firstParameter = this;
        _functionPointer = functionPointerThunk;
        _extraFunctionPointerOrData = functionPointer;
    }

    private void InitializeOpenInstanceThunkDynamic(nint functionPointer, nint functionPointerThunk)
    {
        _firstParameter = this;
        _functionPointer = functionPointerThunk;
        _extraFunctionPointerOrData = functionPointer;
    }

    /// <summary>Called by the thunk of an open instance delegate: the code that its call means for the object.</summary>
    private nint GetActualTargetFunctionPointer(object thisObject) => _extraFunctionPointerOrData;
}
