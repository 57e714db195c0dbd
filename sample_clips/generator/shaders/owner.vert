#version 330
in vec3 in_pos; in vec4 in_aux;
uniform mat4 u_view_proj; uniform int u_face; // 0 no face, 1 where aux says so, 2 all of it
out float v_face;
void main() { v_face = u_face == 2 ? 1.0 : (u_face == 1 ? in_aux.z : 0.0); gl_Position = u_view_proj * vec4(in_pos, 1); }
